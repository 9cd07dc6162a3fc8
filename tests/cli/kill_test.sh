#!/usr/bin/env bash
# kill -9 at random instants, each followed by resume: each finished run has the same iterations, drops and exported bytes
# as one that nobody touched. KILLS says how many (default 5); SEED repeats a drill.
. "$(dirname "$0")/lib.sh"
kills=${KILLS:-5}
RANDOM=${SEED:-$$}
say "seed ${SEED:-$$}, $kills kills"
mapfile -t small < <(small_demo)
quiet() { "$QUANTRAIL" --store "$1" "${@:2}" >>"$work/log" 2>&1; }

# What must be equal: everything about the iterations and rankings but how long they took.
facts() {
  "$QUANTRAIL" --store "$1" show latest --json |
    jq -S '{baseline: .run.float, outcome: .run.outcome, best: .run.best, drop: .run.drop, iterations: [.iterations[] | del(.seconds)], rankings}'
}
export_all() {
  for it in $("$QUANTRAIL" --store "$1" show latest --json | jq -r '.iterations[].index'); do
    quiet "$1" export "latest@$it" -o "$2-$it.onnx" || bad "export of iteration $it"
  done
}

started=$(date +%s%N)
quiet "$work/straight" run "$SOURCE/configs/demo.json" "${small[@]}"
straight_code=$?
took_ms=$((($(date +%s%N) - started) / 1000000))
[ "$straight_code" -le 1 ] || { bad "the undisturbed run ended with $straight_code"; cat "$work/log"; finish; }
facts "$work/straight" >"$work/straight.json"
say "undisturbed: $took_ms ms, $(jq '.iterations | length' "$work/straight.json") iterations"

landed=0 lost=0 runs=0

state_of() { "$QUANTRAIL" --store "$1" show latest --json 2>/dev/null | jq -r .run.state; }
count_of() { "$QUANTRAIL" --store "$1" show latest --json 2>/dev/null | jq '.iterations | length' || echo 0; }

# One run, killed and resumed until it is done.
torment() {
  store=$1
  until [ "$(state_of "$store")" = done ]; do
    if [ -n "$(state_of "$store")" ]; then set -- resume latest; else set -- run "$SOURCE/configs/demo.json" "${small[@]}"; fi
    "$QUANTRAIL" --store "$store" "$@" >>"$work/log" 2>&1 &
    pid=$!
    delay_ms=$((RANDOM * 32768 + RANDOM))
    delay_ms=$((delay_ms % (took_ms * 3 / 4)))
    sleep "$(printf '%d.%03d' $((delay_ms / 1000)) $((delay_ms % 1000)))"
    before=$(count_of "$store")
    if [ "$landed" -lt "$kills" ] && kill -9 "$pid" 2>/dev/null; then landed=$((landed + 1)); fi
    wait "$pid" 2>/dev/null
    after=$(count_of "$store")
    [ "${after:-0}" -ge "${before:-0}" ] || { lost=$((lost + 1)); bad "iterations went from $before to $after"; }
  done
}

compare() {
  store=$1
  facts "$store" >"$work/killed.json"
  cmp -s "$work/straight.json" "$work/killed.json" || { bad "the records differ"; diff "$work/straight.json" "$work/killed.json" | head -n 20; }
  export_all "$store" "$work/b"
  for file in "$work"/a-*.onnx; do
    cmp -s "$file" "${file/\/a-/\/b-}" || bad "exported bytes differ: $(basename "$file")"
  done
  rm -f "$work"/b-*.onnx
}

export_all "$work/straight" "$work/a"
for file in "$work"/a-*.onnx; do
  it=${file##*-} it=${it%.onnx}
  recorded=$(jq -r ".iterations[] | select(.index == $it) | .snapshot_hash" "$work/straight.json")
  [ "$(sha256sum <"$file" | cut -d' ' -f1)" = "$recorded" ] || bad "iteration $it is not what was recorded"
done
while [ "$landed" -lt "$kills" ] && [ "$failures" = 0 ]; do
  runs=$((runs + 1))
  torment "$work/killed-$runs"
  compare "$work/killed-$runs"
done
say "$landed kills landed in $runs runs, $lost records lost, $(jq '.iterations | length' "$work/straight.json") iterations each compared"
[ "$failures" = 0 ] || tail -n 20 "$work/log"
finish
