#!/usr/bin/env bash
# A store is looked after: copied while it is used, swept, checked, and read again after damage.
. "$(dirname "$0")/lib.sh"
store=$work/store
q() { "$QUANTRAIL" --store "$store" "$@"; }
mapfile -t small < <(small_demo)
demo=$SOURCE/configs/demo.json
q run "$demo" "${small[@]}" --name first --set max_iter_num=2 >/dev/null 2>&1
q run "$demo" "${small[@]}" --name second --set max_iter_num=1 --set seed=4 >/dev/null 2>&1
q export first@2 -o "$work/before.onnx" >/dev/null || bad "export"

# A backup is a store, with what workers printed.
mkdir -p "$store/logs" && echo printed >"$store/logs/worker.log"
expect 0 'a store of its own, .* and 1 base models' -- q backup "$work/copy"
expect 0 'first' -- "$QUANTRAIL" --store "$work/copy" list
"$QUANTRAIL" --store "$work/copy" export first@2 -o "$work/copied.onnx" >/dev/null || bad "export of a copy"
cmp -s "$work/before.onnx" "$work/copied.onnx" || bad "another model in the copy"
[ "$(cat "$work/copy/logs/worker.log")" = printed ] || bad "the log is not in the copy"
expect 2 'is there already' -- q backup "$work/copy"
expect 2 'in the store itself' -- q backup "$store/copy"
expect 0 'without base models' -- q backup "$work/bare" --database-only
expect 0 'first' -- "$QUANTRAIL" --store "$work/bare" list
expect 0 'a store of its own' -- q backup "$work/slash/"
expect 0 'first' -- "$QUANTRAIL" --store "$work/slash" list
[ ! -e "$work/bare/logs/worker.log" ] || bad "a log in a copy of the database only"
rm "$store/logs/worker.log"

# What could be deleted, and what is.
q rm second >/dev/null || bad "rm"
expect 0 'trash +1 ' -- q gc
expect 0 'nothing is deleted yet' -- q gc --dry-run trash
expect 0 'second' -- q list --trash
expect 2 'did you mean "trash"' -- q gc trahs
expect 0 'trash +1 ' -- q gc trash
expect 0 'trash is empty' -- q list --trash
q gc --json | jq -e 'length == 4 and all(.bytes >= 0)' >/dev/null || bad "gc --json"
expect 0 'first +[0-9.]+ (Ki|Mi)?B' -- q gc --by-run
expect 0 'answers +[1-9]' -- q gc answers
q export first@2 -o "$work/after.onnx" >/dev/null || bad "export after gc"
cmp -s "$work/before.onnx" "$work/after.onnx" || bad "another model after gc"
expect 0 'sound' -- q doctor

# A copy of a model that is damaged is told while the original can still renew it.
copy=$(echo "$store"/models/*/model.onnx)
printf '\377' | dd of="$copy" bs=1 seek=1000 conv=notrunc 2>/dev/null
expect 1 'the kept copy of .*\.onnx is damaged; `quantrail relink [0-9]+ .*\.onnx. renews it' -- q doctor
q doctor --json | jq -e '.store.kept_copies | length == 1' >/dev/null || bad "doctor --json on a damaged copy"
rm -r "$(dirname "$copy")"
expect 1 'the kept copy of .*\.onnx is missing' -- q doctor
eval "q $(q doctor | sed -n 's/.*`quantrail \(relink .*\)`.*/\1/p')" >/dev/null || bad "relink as doctor says"
expect 0 'sound' -- q doctor

# A store that one may only read: everything can be looked at, and what would write says why not.
cp -r "$store" "$work/ro"
chmod -R a+rX,a-w "$work/ro"
chmod a+rx "$work"
guest=()
[ "$(id -u)" != 0 ] || guest=(setpriv --reuid=65534 --regid=65534 --clear-groups)
if [ "$(id -u)" = 0 ] && ! { command -v setpriv && "${guest[@]}" "$QUANTRAIL" --version; } >/dev/null 2>&1; then
  say "nobody else can run the program here: a store without write permission is not tried"
else
  ro() { "${guest[@]}" "$QUANTRAIL" --store "$work/ro" "$@"; }
  expect 0 'first' -- ro list
  expect 0 'float' -- ro show first
  expect 0 'sound' -- ro doctor
  for command in "tag first x" "rm first" "resume first" "run $SOURCE/configs/demo.json" "gc trash"; do
    # shellcheck disable=SC2086
    expect 2 'no permission to write' -- ro $command
  done
  mkdir -m 777 "$work/guest"
  printf '%s\n' ":dump $work/guest/screen" >"$work/keys"
  chmod a+r "$work/keys"
  ro tui --script "$work/keys" || bad "screens over a store without write permission end with $?"
  grep -q 'to look at only' "$work/guest/screen" && grep -q first "$work/guest/screen" || bad "screens over a store without write permission"
  cmp -s "$store/experiments.db" "$work/ro/experiments.db" || bad "a store without write permission was written"
fi
chmod -R u+w "$work/ro"

# Damage in the middle is told, and read around.
expect 2 'is sound: there is nothing to recover' -- q recover
pages=$(($(stat -c %s "$store/experiments.db") / 4096))
found=0
damage() { # PAGE
  cp "$work/copy/experiments.db" "$store/experiments.db"
  printf 'ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ' | dd of="$store/experiments.db" bs=1 seek=$(($1 * 4096)) conv=notrunc 2>/dev/null
}
for page in $(seq 2 $((pages - 1))); do
  damage "$page"
  # What begins a name is looked for among all names, whatever their index says.
  q show firs >/dev/null 2>&1
  [ $? -le 2 ] || bad "page $page: show ends with a crash"
  if q doctor >/dev/null 2>&1; then # the end of what an answer holds
    expect 2 'is sound' -- q recover
    q show first >/dev/null 2>&1 && q list >/dev/null || bad "page $page: doctor calls it sound"
    continue
  fi
  q recover >"$work/out" 2>&1
  code=$?
  grep -qE 'recovered [0-9]+ runs with [0-9]+ iterations|nothing can be read' "$work/out" || bad "page $page: $(cat "$work/out")"
  [ "$code" != 0 ] || { found=$((found + 1)); q doctor >/dev/null || bad "page $page: not sound after recover"; q list >/dev/null || bad "page $page: list"; }
  [ "$found" -lt 6 ] || break
done
[ "$found" -ge 3 ] || bad "only $found damaged files were recovered"
# A recovery that is killed before the new file is in place has taken nothing from the old one.
rm "$store"/experiments.db.damaged-*
damage "$page"
head -c 4096 /dev/zero >"$store/experiments.db-journal"
QUANTRAIL_FAIL=set_aside q recover >/dev/null 2>&1
aside=$(find "$store" -name 'experiments.db.damaged-*[0-9]')
cmp "$store/experiments.db" "$aside" || bad "the old file is not set aside"
cmp "$store/experiments.db-journal" "$aside-journal" || bad "the old file's journal is not set aside, or it has lost it"
expect 0 'recovered' -- q recover
[ ! -e "$store/experiments.db-journal" ] || bad "the old file's journal is beside the new one"
printf '' >"$store/experiments.db"
expect 2 'is empty' -- q list
expect 1 'empty|read' -- q doctor
finish
