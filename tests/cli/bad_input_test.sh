#!/usr/bin/env bash
# What a person can get wrong: each ends with exit code 2 and one sentence that names the file, key or node.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
q() { "$QUANTRAIL" --store "$work/store" "$@"; }
demo=$SOURCE/configs/demo.json

# config TEXT: a copy of the demo's configuration, changed by a sed script, beside nothing it could find by accident.
config() { sed -e "s#\"\.\./demo/#\"$SOURCE/demo/#" -e "$1" "$demo" >"$work/c.json"; }

expect 2 'required|CONFIG' -- q run
expect 2 'frobnicate' -- q frobnicate
expect 2 'none\.json' -- q run none.json
expect 2 'is a folder' -- q run "$work"
printf '{ "model": ' >broken.json
expect 2 'broken\.json' -- q run broken.json
config 's#shapes\.onnx#missing.onnx#'
expect 2 'missing\.onnx' -- q run c.json
config 's#"maximal_drop": 0.01#"maximal_drop": -0.1#'
expect 2 'maximal_drop.*-0\.1' -- q run c.json
config 's#"maximal_drop": 0.01#"maximal_drop": "much"#'
expect 2 'maximal_drop.*much|maximal_drop.*string' -- q run c.json
config 's#"maximal_drop"#"maximum_drop"#'
expect 2 'maximum_drop.*did you mean "maximal_drop"' -- q run c.json
expect 2 'has 2 values for 1 metrics' -- q run "$demo" --set 'maximal_drop=[0.01, 0.02]'
# Only the network and its metrics know this; no run is begun all the same.
expect 2 'demo\.json: .*direction of "accuracy@top1" is higher-better' -- q run "$demo" \
  --set 'compression.algorithms[0].params.metrics=[{"name": "accuracy@top1", "direction": "higher-worse"}]'
expect 2 'ranking goes with a run' -- q rank "$demo" --ranking 0
expect 2 'nothing of the network is quantized' -- q rank "$demo" --set 'ignored.scope=["*"]'
config 's#"preset": "performance"#"preset": "fast"#'
expect 2 'preset.*fast' -- q run c.json
config 's#"preset": "performance"#"preset": "performance", "ignored": {"scope": ["no/such/layer"]}#'
expect 2 'no/such/layer' -- q run c.json
config 's#val_labels\.npy#absent_labels.npy#'
expect 2 'absent_labels\.npy' -- q run c.json
config 's#val_images\.npy#absent.npy#'
expect 2 'absent\.npy' -- q run c.json
config 's#"\$schema".*#"$schema": "x", "motel": 1,#'
expect 2 'motel.*did you mean "model"' -- q run c.json
expect 2 'no_such_key' -- q run "$demo" --set no_such_key=1
expect 2 'KEY=VALUE|=' -- q run "$demo" --set nonsense
expect 2 'validation is missing.*"auto"' -- q run "$demo" --set engine.validation=null --set preset=auto \
  --set 'compression.algorithms[0].name=DefaultQuantization'
expect 2 'did you mean "block2/depthwise/fq_weights_1"' -- q run "$demo" \
  --set 'layerwise_configs=[{"block2/depthwis/fq_weights_1": {"mode": "symmetric"}}]'

# A command line that is none says so as any other mistake, and where to look.
expect 2 '^quantrail: export: --output is required; `quantrail export --help` says what it takes$' -- q export 1
expect 2 '^quantrail: export: there is no option --hlep \(did you mean "--help"\?\); `quantrail export' -- q export --hlep
expect 2 '^quantrail: there is no option --hlep \(did you mean "--help"\?\); `quantrail --help`' -- q --hlep
expect 2 'list: there is no option --sorrt \(did you mean "--sort"\?\)' -- q list --sorrt drop
expect 2 'check: "two.json" is one argument too many' -- q check one.json two.json
expect 2 '^quantrail: list: --json excludes --csv' -- q list --json --csv
for option in 'run c.json --name' 'run c.json --notify' 'list --save-view'; do
  # shellcheck disable=SC2086
  expect 2 "^quantrail: ${option%% *}: ${option##* }: must not be empty" -- q $option ''
done
expect 0 '_METRIC, _BEST, _DROP, _STORE' -- sh -c "$QUANTRAIL run --help | tr -s '\n ' ' '"
expect 0 'Usage' -- q export --help
# What RUN means stands where one is taken, and only there.
for command in run show inspect export watch evaluate; do expect 0 '^RUN is a run' -- q "$command" --help; done
for command in doctor tui backup gc recover check; do
  q "$command" --help | grep -q '^RUN is' && bad "$command --help explains RUN, which it does not take"
done

# Models that are none.
: >empty.onnx
expect 2 'empty\.onnx' -- q inspect empty.onnx
printf 'this is not a model' >text.onnx
expect 2 'text\.onnx' -- q inspect text.onnx
head -c 5000 "$SOURCE/demo/shapes.onnx" >short.onnx
expect 2 'short\.onnx' -- q inspect short.onnx
expect 2 'absent\.onnx' -- q inspect absent.onnx

expect 2 'larger than' -- timeout 20 "$QUANTRAIL" check /dev/zero

# A network with a weight that is no number (eight bytes of ones hold one wherever floats begin), and metrics that the
# network cannot serve.
cp "$SOURCE/demo/shapes.onnx" nan.onnx
printf '\377\377\377\377\377\377\377\377' | dd of=nan.onnx bs=1 seek=400000 conv=notrunc 2>/dev/null
expect 2 'nan\.onnx.*not a number' -- q check "$demo" --set model.model="$work/nan.onnx"
expect 2 'top_k is 99' -- q check "$demo" --set 'engine.metrics[0].top_k=99'
command_metric() { printf '%s\n' --set "engine.metrics=[{\"type\": \"command\", \"run\": \"$1\", \"folder\": \"$2\"}]"; }
mapfile -t gone < <(command_metric 'sh score.sh' "$work/no-folder")
expect 2 'engine\.metrics\[0\].*no-folder: no folder to run a program in' -- q check "$demo" "${gone[@]}"
mapfile -t gone < <(command_metric './no-scorer.sh' "$work")
expect 2 'engine\.metrics\[0\].*there is no program \./no-scorer\.sh in' -- q check "$demo" "${gone[@]}"
mapfile -t there < <(command_metric 'while read f; do echo 1; done' "$work")
expect 0 'forecast: .*; what programs that score take comes on top' -- q check "$demo" --forecast "${there[@]}"
expect 0 'note: start_reverted: the model has no layer "nope"; it is left out' -- q check "$demo" --set 'start_reverted=["nope"]'
expect 2 'output 7' -- q check "$demo" --set 'engine.metrics[0].output=7'
expect 2 'means several parameters.*compression' -- q check "$demo" --set 'metrics=[]'
expect 2 'name\[0\]' -- q check "$demo" --set engine.metrics.0.top_k=5

# Data whose values are bad, as only a run finds out: it has failed, and no resuming would help.
# floats FILE COUNT: COUNT images of the network, all 0.
floats() {
  printf '\223NUMPY\1\0v\0' >"$1"
  printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': ($2, 3, 28, 28), }" >>"$1"
  head -c $(($2 * 3 * 28 * 28 * 4)) /dev/zero >>"$1"
}
floats zeros.npy 20
{ head -c 128 zeros.npy && head -c 188160 /dev/zero | tr '\0' '\377'; } >nans.npy
cp zeros.npy one_nan.npy
printf '\377\377\377\377' | dd of=one_nan.npy bs=1 seek=40000 conv=notrunc 2>/dev/null
calibration() { printf 'engine.calibration.data={"type": "npy", "path": "%s"}' "$work/$1"; }
expect 2 'run 1 .*failed.*has no finite element' -- q run "$demo" --set "$(calibration nans.npy)"
[ "$(q list --json | jq -r '.[0].state')" = failed ] || bad "a run on data without a number shows as interrupted"
expect 1 'run 1 failed' -- q watch 1
cp nans.npy kept.npy && rm nans.npy
expect 1 'run 1: .*nans\.npy.*its log is' -- q resume 1 --detach
expect 1 'calibration: 1 element of input .* is NaN, infinite or beyond 1e30' -- q run "$demo" --set "$(calibration one_nan.npy)" \
  --set max_iter_num=0 --set engine.validation.limit=100

{ printf '\223NUMPY\1\0v\0' && printf "%-117s\n" "{'descr': '|u1', 'fortran_order': False, 'shape': (20,), }" &&
  head -c 20 /dev/zero; } >labels.npy
validation() {
  printf 'engine.validation.data={"type": "npy", "path": "%s", "labels": "%s/labels.npy"}' "$work/$1" "$work"
}
{ head -c 10000 zeros.npy && head -c 178288 /dev/zero | tr '\0' '\377'; } >most_nans.npy
expect 2 'run 3 .*19 of 20 samples hold NaN.* row 1.*nothing to compare with' -- q run "$demo" \
  --set "$(validation most_nans.npy)" --set engine.validation.limit=20
# What a run notes, evaluating says too.
expect 0 '^note: 19 of 20 samples hold NaN.* row 1' -- q evaluate "$demo" --set "$(validation most_nans.npy)" \
  --set engine.validation.limit=20
{ head -c 128 labels.npy && head -c 20 /dev/zero | tr '\0' '\013'; } >wrong.npy
expect 0 '^note: the float model.s accuracy@top1 is 0: check labels' -- q evaluate "$demo" --set engine.validation.limit=20 \
  --set "$(validation zeros.npy | sed 's#/labels\.npy#/wrong.npy#')"

# Output that cannot be written is no success.
for command in list 'list --csv' 'show 1' 'show 1 --json'; do
  # shellcheck disable=SC2086
  "$QUANTRAIL" --store "$work/store" $command >/dev/full 2>err
  [ $? = 1 ] || bad "$command on a full disk is a success"
  grep -q 'standard output: No space left' err || bad "$command on a full disk says $(cat err)"
done
expect 2 'no command "lst" \(did you mean "list"' -- q lst
expect 2 'name of the file to write is empty' -- q export 2 -o ''
cp "$demo" mine.json
expect 2 'mine\.json: is there already.*--force' -- q export 2@0 -o mine.json
cmp -s "$demo" mine.json || bad "a file of somebody's was replaced"
expect 0 'iteration 0' -- q export 2@0 -o mine.json --force
expect 0 'iteration 0' -- q export 2@0 -o mine.json --verify
expect 2 'must not hold' -- q run "$demo" --tag 'a b'
expect 2 'smooth_quant_alpha: found 5, allowed is above 0, at most 1' -- q check "$demo" --set smooth_quant_alpha=5

# Image lists.
printf 'nowhere.jpg 3\n' >list.txt
cat >images.json <<J
{"model": {"model": "$SOURCE/demo/shapes.onnx"},
 "engine": {"calibration": {"data": {"type": "image_list", "path": "list.txt"}},
            "validation": {"data": {"type": "image_list", "path": "list.txt"}},
            "preprocess": {"resize": {"size": 32, "mode": "exact"}, "divide_by": 255},
            "metrics": [{"type": "accuracy"}]},
 "compression": {"algorithms": [{"name": "AccuracyAwareQuantization", "params": {}}]}}
J
expect 2 'nowhere\.jpg' -- q run images.json
printf 'nowhere.jpg three\n' >list.txt
expect 2 'list\.txt' -- q run images.json
: >list.txt
expect 2 'list\.txt' -- q run images.json

# Stores and runs.
expect 2 'run|store' -- q show 7
expect 2 'store' -- "$QUANTRAIL" --store "$work/nowhere" list
mkdir foreign && printf 'not a database, but long enough to be one perhaps' >foreign/experiments.db
expect 2 'experiments\.db|foreign' -- "$QUANTRAIL" --store "$work/foreign" list
mkdir emptied && : >emptied/experiments.db
expect 2 'experiments\.db|emptied' -- "$QUANTRAIL" --store "$work/emptied" list
expect 2 '/proc' -- "$QUANTRAIL" --store /proc/quantrail run "$demo"
expect 2 '.' -- q export latest

# Memory that is too little is named as such.
for kib in 80000 120000 140000; do
  (ulimit -v "$kib" && q evaluate "$demo" --set engine.validation.limit=100) >out 2>&1 </dev/null
  grep -qE 'internal error|terminate called' out && bad "with $kib KiB: $(cat out)"
done
[ ! -e c.onnx ] || bad "a file was left behind"
leftovers=$(find "$work" -name '.*.??????' -o -name '*.tmp' | head)
[ -z "$leftovers" ] || bad "half-written files: $leftovers"
finish
