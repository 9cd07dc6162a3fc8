#!/usr/bin/env bash
# Many hands on one store: workers that race for a run, runs that share a store, a store that is copied, deleted or whose
# data change under a run. The result is the undisturbed one to the byte, or a sentence that says why there is none.
. "$(dirname "$0")/lib.sh"
mapfile -t small < <(small_demo)
cp "$SOURCE"/demo/*.npy "$SOURCE/demo/shapes.onnx" "$work/"
sed -e "s#\.\./demo/#$work/#" "$SOURCE/configs/demo.json" >"$work/c.json"
q() { "$QUANTRAIL" --store "$work/$1" "${@:2}"; }
state() { q "$1" show latest --json 2>/dev/null | jq -r .run.state; }
bytes() { q "$1" export "$2" -o "$work/out.onnx" >/dev/null 2>&1 && sha256sum <"$work/out.onnx"; }

# begin STORE: a run under way, past its first iteration; its process is $pid.
begin() {
  "$QUANTRAIL" --store "$work/$1" run "$work/c.json" "${small[@]}" --set engine.threads=1 >"$work/log" 2>&1 &
  pid=$!
  for _ in $(seq 1500); do grep -q '^iteration 0' "$work/log" && return; sleep 0.02; done
  bad "no iteration in 30 seconds: $(tail -n 1 "$work/log")"
}
begin_and_kill() {
  begin "$1"
  kill -9 "$pid"
  wait "$pid" 2>/dev/null
  [ "$(state "$1")" = interrupted ] || bad "a killed run is $(state "$1")"
}

q straight run "$work/c.json" "${small[@]}" >/dev/null 2>&1
expected=$? sha=$(bytes straight latest)
[ "$expected" -le 1 ] && [ -n "$sha" ] || { bad "the undisturbed run ended with $expected"; finish; }

# Twelve workers want one run: one gets it, and eleven are told so. RACES says how often (default 1).
race() {
  rm -rf "$work/race"
  begin_and_kill race
  workers=()
  for i in $(seq 12); do
    q race resume latest >"$work/race-$i" 2>&1 &
    workers+=($!)
  done
  owners=0
  for worker in "${workers[@]}"; do
    wait "$worker"
    code=$?
    if [ "$code" = "$expected" ]; then owners=$((owners + 1)); elif [ "$code" != 75 ]; then bad "a worker ended with $code"; fi
  done
  # A worker that starts after the owner has finished finds the run done, and says so with the run's exit code.
  computed=$(q race show latest --json | jq '.run.attempts | length')
  [ "$owners" -ge 1 ] && [ "$computed" = 2 ] || bad "$owners workers ended as the run did, $computed attempts were made"
  [ "$(bytes race latest)" = "$sha" ] || bad "another result after a race of workers"
}
for _ in $(seq "${RACES:-1}"); do race; done
say "${RACES:-1} races of 12 workers, one winner each"

# Three runs at once in one store.
workers=()
for i in 1 2 3; do
  q shared run "$work/c.json" "${small[@]}" --name "run-$i" >/dev/null 2>&1 &
  workers+=($!)
done
for worker in "${workers[@]}"; do
  wait "$worker"
  code=$?
  [ "$code" = "$expected" ] || bad "a run beside others ended with $code"
done
for i in 1 2 3; do [ "$(bytes shared "run-$i")" = "$sha" ] || bad "run $i of three at once has another result"; done

# A copied store goes on by itself, and so does the original.
begin_and_kill original
cp -r "$work/original" "$work/copy"
for store in original copy; do
  q "$store" resume latest >/dev/null 2>&1
  [ "$(bytes "$store" latest)" = "$sha" ] || bad "another result in the $store of a copied store"
done

# Data that changed are refused; once they are back the run goes on.
begin_and_kill changed
cp "$work/val_images.npy" "$work/kept.npy"
printf '\001\002\003' | dd of="$work/val_images.npy" bs=1 seek=5000 conv=notrunc 2>/dev/null
expect 2 'validation data.*changed' -- q changed resume latest
cp "$work/kept.npy" "$work/val_images.npy"
q changed resume latest >/dev/null 2>&1
[ "$(bytes changed latest)" = "$sha" ] || bad "another result after the data were changed and put back"

# So is a program that scores, between attempts and under a run. It stops where the second model is half done.
cat >"$work/score.sh" <<'END'
. ./helper.sh
while read -r folder; do
  echo "$folder" >>calls
  while [ -e hold ] && [ "$(wc -l <calls)" -gt 60 ]; do sleep 0.02; done
  echo "$value"
done
END
scored() { # STORE
  rm -f "$work/calls"
  : >"$work/hold"
  echo value=1 >"$work/helper.sh"
  "$QUANTRAIL" --store "$work/$1" run "$work/c.json" --set engine.threads=1 --set engine.validation.limit=40 \
    --set 'engine.metrics=[{"type": "command", "run": "sh score.sh", "files": ["helper.sh"]}]' >"$work/log" 2>&1 &
  pid=$!
  for _ in $(seq 1500); do [ "$(wc -l 2>/dev/null <"$work/calls")" = 61 ] && return; sleep 0.02; done
  bad "a program was not asked for the second model: $(tail -n 1 "$work/log")"
}
scored program
kill -9 "$pid"
wait "$pid" 2>/dev/null
rm "$work/hold"
echo value=0.5 >"$work/helper.sh"
expect 2 'score\.sh, .*helper\.sh: the metric command is not what run 1 began with' -- q program resume latest
[ "$(state program)" = interrupted ] || bad "refused because of a metric, the run is $(state program)"
echo value=1 >"$work/helper.sh"
expect 0 'nothing_to_do|done' -- q program resume latest

scored scoring
echo value=0.5 >"$work/helper.sh"
rm "$work/hold"
wait "$pid"
code=$?
[ "$code" = 2 ] && grep -q 'helper\.sh: the file was changed while it was in use' "$work/log" ||
  bad "exit $code with another program: $(tail -n 1 "$work/log")"
[ "$(state scoring)" = interrupted ] || bad "with another program, the run is $(state scoring)"
echo value=1 >"$work/helper.sh"
expect 0 'nothing_to_do|done' -- q scoring resume latest

# A store that is deleted under a run ends it with a sentence, and is not made again.
begin deleted
rm -rf "$work/deleted"
wait "$pid"
code=$?
[ "$code" != 0 ] && grep -q 'deleted or replaced' "$work/log" || bad "exit $code without its store: $(tail -n 1 "$work/log")"
[ ! -e "$work/deleted" ] || bad "a deleted store came back"
finish
