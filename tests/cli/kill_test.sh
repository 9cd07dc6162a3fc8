#!/usr/bin/env bash
# kill -9 at random instants, each followed by resume: the finished run has the same iterations, drops and exported bytes
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

landed=0 lost=0
for ((k = 0; k < kills; k++)); do
  delay_ms=$((RANDOM * RANDOM % (took_ms / 2 + 50)))
  if [ "$k" = 0 ]; then set -- run "$SOURCE/configs/demo.json" "${small[@]}"; else set -- resume latest; fi
  "$QUANTRAIL" --store "$work/killed" "$@" >>"$work/log" 2>&1 &
  pid=$!
  sleep "$(printf '%d.%03d' $((delay_ms / 1000)) $((delay_ms % 1000)))"
  before=$("$QUANTRAIL" --store "$work/killed" show latest --json 2>/dev/null | jq '.iterations | length' 2>/dev/null || echo 0)
  if kill -9 "$pid" 2>/dev/null; then landed=$((landed + 1)); fi
  wait "$pid" 2>/dev/null
  if ! "$QUANTRAIL" --store "$work/killed" show latest >/dev/null 2>&1; then
    # Killed before the run existed: start it anew next time.
    if [ "${before:-0}" -gt 0 ]; then lost=$((lost + 1)); fi
    quiet "$work/killed" run "$SOURCE/configs/demo.json" "${small[@]}" --detach || bad "start after a kill"
    continue
  fi
  after=$("$QUANTRAIL" --store "$work/killed" show latest --json | jq '.iterations | length')
  [ "$after" -ge "${before:-0}" ] || { lost=$((lost + 1)); bad "iterations went from $before to $after"; }
done
quiet "$work/killed" resume latest
code=$?
if [ "$code" != "$straight_code" ] && [ "$code" != 2 ] && [ "$code" != 75 ]; then bad "the last resume ended with $code"; fi
for _ in $(seq 600); do
  [ "$("$QUANTRAIL" --store "$work/killed" show latest --json | jq -r .run.state)" = done ] && break
  sleep 0.2
done
facts "$work/killed" >"$work/killed.json"
cmp -s "$work/straight.json" "$work/killed.json" || { bad "the records differ"; diff "$work/straight.json" "$work/killed.json" | head -n 20; }
export_all "$work/straight" "$work/a"
export_all "$work/killed" "$work/b"
for file in "$work"/a-*.onnx; do
  other=${file/\/a-/\/b-}
  cmp -s "$file" "$other" || bad "exported bytes differ: $(basename "$file")"
  it=${file##*-} it=${it%.onnx}
  recorded=$(jq -r ".iterations[] | select(.index == $it) | .snapshot_hash" "$work/straight.json")
  [ "$(sha256sum <"$file" | cut -d' ' -f1)" = "$recorded" ] || bad "iteration $it is not what was recorded"
done
say "$landed kills landed, $lost records lost, $(jq '.iterations | length' "$work/killed.json") iterations compared"
[ "$failures" = 0 ] || tail -n 20 "$work/log"
finish
