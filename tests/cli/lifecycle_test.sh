#!/usr/bin/env bash
# A run's life from the shell: detached, watched, stopped, resumed, owned by one worker, exported, evaluated.
. "$(dirname "$0")/lib.sh"
store=$work/store
q() { "$QUANTRAIL" --store "$store" "$@"; }
mapfile -t small < <(small_demo)
demo=$SOURCE/configs/demo.json
# Long enough on a fast and idle machine to be met at work: each ranking takes seconds.
long=(--set engine.threads=1 --set maximal_drop=0 --set ranking_subset_size=2000)
field() { q show "$1" --json | jq -r ".run.$2"; }
wait_for() { # RUN STATE
  for _ in $(seq 300); do
    [ "$(field "$1" state)" = "$2" ] && return
    sleep 0.1
  done
  bad "run $1 is $(field "$1" state), not $2"
}

# Detached: back at once with the lease held; the run outlives the shell that started it; watch ends as the run does.
expect 0 'run 1 shapes goes on' -- q run "$demo" "${small[@]}" --set max_iter_num=1 --detach
expect 1 'iteration 0' -- q watch 1
wait_for latest done
expect 0 'not_met' -- q list --csv
expect 0 'done, not_met' -- q show latest

# The same questions are not computed twice.
q run "$demo" "${small[@]}" --name second --set max_iter_num=2 >"$work/out" 2>&1
[ "$(q show second --json | jq .evaluations.reused)" -gt 20 ] || bad "the second run reused too little of the first"

# What layers are worth, and the section that keeps the best of them in float.
expect 0 'ranking 0 of .* on [0-9]+ samples' -- q rank second --ranking 0
[ "$(q rank second --csv --ranking 0 | sed 1d | cut -d, -f1 | paste -sd' ')" = "$(seq "$(q rank second --ranking 0 --json | jq '.scores | length')" | paste -sd' ')" ] || bad "rank: not one line per layer"
first=$(q rank second --ranking 0 --json | jq -r '.scores[0].layers[0]')
[ "$(q rank second --ranking 0 --ignored 1 | jq -r '.ignored.scope[0]')" = "$first" ] || bad "rank: another layer is ignored"
[ "$(q rank second --ignored 1 | jq -r '.ignored.scope[0]')" = "$first" ] || bad "rank: a later ranking is no ground to ignore layers on"
expect 2 "has no ranking 99: there are 0 to" -- q rank second --ranking 99
expect 2 'unknown run|no run|nope' -- q rank nope
expect 2 'ignored' -- q rank second --ignored 0
expect 2 'ranking' -- q rank second --ranking -1
q run "$demo" "${small[@]}" --name unranked --set compression.algorithms[0].name=DefaultQuantization >"$work/out" 2>&1
expect 2 "'unranked' has no ranking: layers are ranked by AccuracyAwareQuantization" -- q rank unranked

# Stopped from another shell, resumed to its end.
s() { "$QUANTRAIL" --store "$work/stopped" "$@"; }
s run "$demo" "${long[@]}" --set max_iter_num=1 --detach >/dev/null || bad "start of a run to stop"
expect 0 'asked run 1 to stop' -- s stop latest
expect 3 'interrupted: stopped on request' -- s watch latest
expect 0 'interrupted \(stopped on request\)' -- s show latest
expect 2 'no worker|not at work|nothing to stop' -- s stop latest
s resume latest >"$work/out" 2>&1
[ "$(s show latest --json | jq -r .run.state)" = done ] || bad "not done after a stop and a resume"
[ "$(s show latest --json | jq '.run.attempts | length')" = 2 ] || bad "two attempts are expected"

# SIGTERM: interrupted with its reason, exit code 3, resumable. SIGHUP (a lost terminal) likewise.
for signal in TERM HUP; do
  other=$work/$signal
  "$QUANTRAIL" --store "$other" run "$demo" "${long[@]}" --set max_iter_num=1 >"$work/out" 2>&1 &
  pid=$!
  for _ in $(seq 1000); do grep -q 'calibrate' "$work/out" && break; sleep 0.02; done
  kill "-$signal" "$pid"
  wait "$pid"
  code=$?
  state=$("$QUANTRAIL" --store "$other" show latest --json | jq -r '.run.state + " " + .run.reason')
  [ "$code $state" = "3 interrupted stopped by SIG$signal" ] || bad "after SIG$signal: exit $code, $state"
  "$QUANTRAIL" --store "$other" resume latest >"$work/out" 2>&1
  [ "$("$QUANTRAIL" --store "$other" show latest --json | jq -r .run.state)" = done ] || bad "not resumed after SIG$signal"
done

# A run that was told to ignore SIGHUP (nohup, and every detached worker) outlives its terminal.
deaf=$work/deaf
(trap '' HUP; exec "$QUANTRAIL" --store "$deaf" run "$demo" "${small[@]}" >"$work/out" 2>&1) &
pid=$!
for _ in $(seq 1000); do grep -q 'calibrate' "$work/out" && break; sleep 0.02; done
kill -HUP "$pid"
wait "$pid"
state=$("$QUANTRAIL" --store "$deaf" show latest --json | jq -r '.run.state + " " + .run.reason')
[ "$state" = "done " ] || bad "a run that ignores SIGHUP is $state after one"

# One owner: a second worker is told who has the run, and leaves it alone.
owned=$work/owned
"$QUANTRAIL" --store "$owned" run "$demo" "${long[@]}" >/dev/null 2>&1 &
pid=$!
for _ in $(seq 1000); do [ "$("$QUANTRAIL" --store "$owned" show latest --json 2>/dev/null | jq -r .run.state)" = running ] && break; sleep 0.02; done
expect 75 'worker|owns' -- "$QUANTRAIL" --store "$owned" resume latest
kill "$pid"
wait "$pid"

# What is exported is what was measured.
expect 0 'iteration 1 of run 1' -- q export 1@1 -o "$work/m.onnx" --sidecar
[ "$(sha256sum <"$work/m.onnx" | cut -d' ' -f1)" = "$(q show 1 --json | jq -r '.iterations[1].snapshot_hash')" ] || bad "snapshot hash"
jq -e '.iteration.drop' "$work/m.onnx.json" >/dev/null || bad "sidecar"
# A record beside a model is about that model, and replaces nothing but another record.
echo '{"mine": 1}' >"$work/x.onnx.json"
expect 2 'x\.onnx\.json: .*was not written beside an export; --force' -- q export 1@1 -o "$work/x.onnx" --sidecar
[ ! -e "$work/x.onnx" ] || bad "a model was written though its sidecar could not be"
[ "$(cat "$work/x.onnx.json")" = '{"mine": 1}' ] || bad "somebody's file was replaced"
expect 0 'iteration 1 of run 1' -- q export 1@1 -o "$work/x.onnx"
[ "$(cat "$work/x.onnx.json")" = '{"mine": 1}' ] || bad "somebody's file is gone"
expect 0 'iteration 1 of run 1' -- q export 1@1 -o "$work/x.onnx" --sidecar --force
expect 0 'iteration 0 of run 1' -- q export 1@0 -o "$work/x.onnx" --sidecar
[ "$(jq .iteration.index "$work/x.onnx.json")" = 0 ] || bad "a sidecar of ours was not replaced"
expect 0 'x\.onnx\.json: removed, it was about the model that was there before' -- q export 1@1 -o "$work/x.onnx"
[ ! -e "$work/x.onnx.json" ] || bad "the sidecar of another model stayed"
q evaluate 1@1 --json >"$work/e.json" || bad "evaluate 1@1"
jq -e '.metrics == .recorded' "$work/e.json" >/dev/null || bad "evaluated otherwise than recorded: $(cat "$work/e.json")"
q evaluate "$demo" "${small[@]}" --model "$work/m.onnx" --json >"$work/file.json" || bad "evaluate --model"
jq -e --slurpfile it "$work/e.json" '.metrics == $it[0].metrics' "$work/file.json" >/dev/null ||
  bad "the exported file measures otherwise: $(cat "$work/file.json")"
q inspect "$work/m.onnx" --json | jq -e '.quantized and ([.nodes[] | select(.runs_as == "int8")] | length > 0)' >/dev/null ||
  bad "inspect finds no int8 layers in an exported model"
expect 2 'iteration' -- q export 1@99 -o "$work/none.onnx"
expect 2 'iteration' -- q export 1@x -o "$work/none.onnx"
expect 2 'no/such' -- q export 1 -o "$work/no/such/folder.onnx"
cp "$SOURCE/demo/shapes.onnx" "$work/base.onnx"
sed -e "s#\.\./demo/shapes.onnx#$work/base.onnx#" -e "s#\"\.\./demo/#\"$SOURCE/demo/#" "$demo" >"$work/base.json"
q run "$work/base.json" "${small[@]}" --set max_iter_num=0 --name base >/dev/null 2>&1
expect 2 'began with' -- q export base -o "$work/base.onnx"
expect 2 'is not a file' -- q export base -o /dev/full
expect 2 'quantized already' -- q run "$demo" --set model.model="$work/m.onnx"
[ ! -e "$work/none.onnx" ] || bad "a file that should not exist"

# The original model may be overwritten: the store has its own copy.
cp "$SOURCE/demo/shapes.onnx" "$work/mine.onnx"
q run "$demo" "${small[@]}" --set model.model="$work/mine.onnx" --set max_iter_num=0 --name mine >/dev/null 2>&1
echo overwritten >"$work/mine.onnx"
expect 0 'iteration 0' -- q export mine@0 -o "$work/again.onnx"
expect 0 'sound' -- q doctor
finish
