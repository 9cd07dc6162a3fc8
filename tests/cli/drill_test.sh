#!/usr/bin/env bash
# kill -9 at every named point, in both journal modes: what was acknowledged is there, and a run goes on to the same bytes.
# Then kills in the middle of an update and of a clearing-up, and a database that others hold.
# POINTS says how many kills at each point of a run (default 2), HELD how many seconds the database is held under a run
# (default 8); SEED repeats a drill.
. "$(dirname "$0")/lib.sh"
points=${POINTS:-2}
RANDOM=${SEED:-$$}
say "seed ${SEED:-$$}"
mapfile -t small < <(small_demo)
small+=(--set engine.validation.limit=200 --set max_iter_num=2)
demo=$SOURCE/configs/demo.json
facts() {
  "$QUANTRAIL" --store "$1" show latest --json |
    jq -S '{outcome: .run.outcome, best: .run.best, iterations: [.iterations[] | del(.seconds)], rankings}'
}
state() { "$QUANTRAIL" --store "$1" show latest --json 2>/dev/null | jq -r .run.state; }
sound() { # STORE WHAT
  "$QUANTRAIL" --store "$1" doctor >"$work/doctor" 2>&1 || bad "$2: $(grep -v '^[biqt]' "$work/doctor")"
}
copied() { # STORE WHAT
  rm -rf "$work/copied"
  "$QUANTRAIL" --store "$1" backup "$work/copied" >"$work/log" 2>&1 || bad "backup after $2: $(cat "$work/log")"
}

"$QUANTRAIL" --store "$work/straight" run "$demo" "${small[@]}" >/dev/null 2>&1
facts "$work/straight" >"$work/straight.json"

landed=0
for journal in truncate wal; do
  export QUANTRAIL_JOURNAL=$journal
  for point in commit:40 committed:40 file_written:1 file_renamed:1 model_copied:1 model_kept:1 store_filled:1 store_made:1 finished:1; do
    most=${point#*:} name=${point%:*}
    for ((kill = 0; kill < (most > 1 ? points : 1); kill++)); do
      store=$work/$journal-$name-$kill
      QUANTRAIL_FAIL=$name:$((most > 1 ? RANDOM % most + 1 : 1)) "$QUANTRAIL" --store "$store" run "$demo" "${small[@]}" >"$work/log" 2>&1
      [ $? != 137 ] || landed=$((landed + 1))
      if [ -e "$store/experiments.db" ]; then
        sound "$store" "$name in $journal"
        copied "$store" "$name in $journal"
      fi
      if [ -z "$(state "$store")" ]; then
        "$QUANTRAIL" --store "$store" run "$demo" "${small[@]}" >"$work/log" 2>&1
      elif [ "$(state "$store")" != done ]; then
        # Killed once more, by chance, while it goes on.
        QUANTRAIL_FAIL=commit:$((RANDOM % 20 + 1)) "$QUANTRAIL" --store "$store" resume latest >"$work/log" 2>&1
        [ $? != 137 ] || landed=$((landed + 1))
        [ "$(state "$store")" = done ] || "$QUANTRAIL" --store "$store" resume latest >"$work/log" 2>&1
      fi
      facts "$store" >"$work/killed.json"
      cmp -s "$work/straight.json" "$work/killed.json" || { bad "$name in $journal: another record"; diff "$work/straight.json" "$work/killed.json" | head -n 5; }
      copied "$store" "$name in $journal, ended"
      "$QUANTRAIL" --store "$store" rm latest >"$work/log" 2>&1 || bad "rm after $name in $journal: $(cat "$work/log")"
      rm -rf "$store"
    done
  done
done
unset QUANTRAIL_JOURNAL
say "$landed kills landed in runs"
[ "$landed" -ge 12 ] || bad "only $landed kills landed"

# Half an update: the old store or the new one, never something between.
zstd -dqf "$SOURCE/tests/tracking/stores/v2.db.zst" -o "$work/v2.db"
updates=0
for point in commit committed; do
  old=$work/old-$point
  mkdir -p "$old" && cp "$work/v2.db" "$old/experiments.db"
  QUANTRAIL_FAIL=$point "$QUANTRAIL" --store "$old" list >/dev/null 2>&1
  [ $? != 137 ] || updates=$((updates + 1))
  [ "$("$QUANTRAIL" --store "$old" show done-run --json | jq '.iterations | length')" = 4 ] || bad "an update was cut off at $point"
done
[ "$updates" = 2 ] || bad "updates were not cut off: $updates"

# Half a clearing-up, and half a recovery.
cp -r "$work/straight" "$work/swept"
q() { "$QUANTRAIL" --store "$work/swept" "$@"; }
q run "$demo" "${small[@]}" --name second >/dev/null 2>&1
q rm 1 >/dev/null
for point in commit committed garbage_moved; do
  QUANTRAIL_FAIL=$point q gc trash answers orphans backups >/dev/null 2>&1
  sound "$work/swept" "gc killed at $point"
  q show second >/dev/null || bad "gc killed at $point: the second run is gone"
done
q gc trash answers orphans backups >/dev/null || bad "gc after it was killed"
[ "$(q list --trash --json | jq length)" = 0 ] || bad "the trash is not empty"
dd if=/dev/zero of="$work/swept/experiments.db" bs=1 count=200 seek=$((4096 * 4)) conv=notrunc 2>/dev/null
if ! q doctor >/dev/null 2>&1; then
  for point in recovered set_aside; do
    QUANTRAIL_FAIL=$point q recover >/dev/null 2>&1
    [ -s "$work/swept/experiments.db" ] || bad "recover killed at $point: no database is left"
  done
  expect 0 'recovered' -- q recover
  sound "$work/swept" "recover"
fi

# Others hold the database for a while, before a run and in the middle of one: it waits, and ends as ever.
"$QUANTRAIL" --store "$work/held" run "$demo" "${small[@]}" --name first --set max_iter_num=0 >/dev/null 2>&1
python=$(command -v python3 || true)
if [ -n "$python" ]; then
  hold() { # SECONDS
    "$python" -c '
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
database.execute("ROLLBACK")' "$work/held/experiments.db" "$1" >"$work/holder" &
    holder=$!
    until grep -q held "$work/holder"; do kill -0 "$holder" || break; sleep 0.05; done
  }
  same() {
    facts "$work/held" >"$work/killed.json"
    cmp -s "$work/straight.json" "$work/killed.json" || bad "$1: $(tail -n 1 "$work/log")"
  }
  hold 4
  "$QUANTRAIL" --store "$work/held" run "$demo" "${small[@]}" --name second >"$work/log" 2>&1
  same "held before a run"
  # Other samples than before, so that there is something to compute.
  "$QUANTRAIL" --store "$work/other" run "$demo" "${small[@]}" --set seed=7 --set shuffle_data=true --set engine.threads=1 >"$work/log" 2>&1
  facts "$work/other" >"$work/straight.json"
  "$QUANTRAIL" --store "$work/held" run "$demo" "${small[@]}" --set seed=7 --set shuffle_data=true --set engine.threads=1 >"$work/log" 2>&1 &
  run=$!
  until grep -q '^iteration 0' "$work/log"; do kill -0 "$run" || break; sleep 0.02; done
  "$QUANTRAIL" --store "$work/held" watch latest >"$work/watched" 2>&1 &
  watcher=$!
  hold "${HELD:-8}"
  wait "$holder" "$run"
  code=$?
  wait "$watcher"
  watched=$?
  [ "$watched" = "$code" ] && ! grep -q '^quantrail: ' "$work/watched" || bad "watch ended with $watched, the run with $code: $(tail -n 1 "$work/watched")"
  same "held in the middle of a run"
  say "held 4 s before a run, ${HELD:-8} s in the middle of one: nothing lost"
fi
finish
