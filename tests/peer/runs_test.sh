#!/usr/bin/env bash
# Every iteration of runs, exported and loaded in real ONNX Runtime: the metric is as near to the record as was promised,
# and the graph that ONNX Runtime makes of it computes in float just what the record names.
. "$(dirname "$0")/../cli/lib.sh"
tool=${PEER_TOOL:?path of peer_tool}
if ! node -e 'require("onnxruntime-node")' 2>/dev/null; then
  say "node cannot load onnxruntime-node: tools/setup --test installs it, NODE_PATH finds it; skipped"
  exit 77
fi
export QUANTRAIL_PEER_EXACT=1
q() { "$QUANTRAIL" --store "$work/store" "$@"; }

# NAME CONFIG [OPTION...]: a run, and all of its iterations in ONNX Runtime.
examine() {
  name=$1 config=$2
  shift 2
  q run "$config" --name "$name" "$@" >"$work/out" 2>&1
  q show "$name" --json >"$work/$name.json" || { bad "run of $name"; cat "$work/out"; return; }
  worst=0
  count=$(jq '.iterations | length' "$work/$name.json")
  [ "$count" -gt 0 ] || { bad "run of $name"; cat "$work/out"; }
  for ((it = 0; it < count; it++)); do
    q export "$name@$it" -o "$work/m.onnx" >/dev/null || { bad "export $name@$it"; continue; }
    "$tool" measure "$config" "$work/m.onnx" "$work/o.onnx" >"$work/there.json" || { bad "$name@$it in ONNX Runtime"; continue; }
    # 0.2 % or two samples, whichever is more; half a point of mean average precision.
    off=$(jq -r --slurpfile there "$work/there.json" --argjson it "$it" --argjson samples "$(samples_of "$config")" '
      .iterations[$it].metrics | to_entries | map(
        (.value - $there[0][.key] | fabs) / (if .key | startswith("map") then 0.005 else ([0.002, 2 / $samples] | max) + 1e-9 end)) | max' "$work/$name.json")
    worst=$(jq -n "[$worst, $off] | max")
    jq -en "$off <= 1" >/dev/null || bad "$name@$it: $(cat "$work/there.json") in ONNX Runtime, recorded $(jq -c ".iterations[$it].metrics" "$work/$name.json")"
    "$tool" floats "$work/o.onnx" | sed 's!/[A-Za-z]*Fusion/$!!' >"$work/floats"
    jq -r ".iterations[$it] | .reverted_layers[], .float_in_onnxruntime[]" "$work/$name.json" >"$work/named"
    # Products of two activations (attention) have no weights to quantize.
    grep -E '^(Conv|Gemm|MatMul)' "$work/floats" | cut -d' ' -f2- | grep -vxFf "$work/named" | grep -vE "${FLOAT:-^$}" >"$work/more" &&
      bad "$name@$it: float in ONNX Runtime, but not named: $(tr '\n' ' ' <"$work/more")"
    cut -d' ' -f2- "$work/floats" >"$work/names"
    jq -r ".iterations[$it].reverted_layers[]" "$work/$name.json" | grep -vxFf "$work/names" >"$work/more" &&
      bad "$name@$it: not float in ONNX Runtime: $(tr '\n' ' ' <"$work/more")"
  done
  say "$name: $count iterations, off by at most $(jq -n "$worst * 100 | round") % of what is allowed"
}

samples_of() { q evaluate "$1" --json | jq .samples; }

examine shapes "$SOURCE/configs/demo.json" --set maximal_drop=0.002
examine shapes_compute "$SOURCE/configs/demo.json" --set revert_mode=compute --set maximal_drop=0.002
# Integers that a CPU makes up for in float take ten times as long: there the smaller networks stand for all.
quick=$(q doctor --json | jq .int8_exact)
if [ -n "${QUANTRAIL_DATA:-}" ]; then
  examine kws "$SOURCE/configs/kws_dscnn.json"
fi
if [ -n "${QUANTRAIL_DATA:-}" ] && [ "$quick" = true ]; then
  # Not to be reached: so that layers are reverted on a network that needs none reverted.
  examine mobilenet "$SOURCE/configs/mobilenet_v1_imagenet.json" --set max_iter_num=4 \
    --set 'compression.algorithms[0].params.metrics=[{"name": "accuracy@top1", "baseline_value": 0.99}]'
  examine resnet20 "$SOURCE/configs/resnet20_cifar10.json" --set compression.algorithms[0].name=DefaultQuantization --set preset=auto
  examine resnet32 "$SOURCE/configs/resnet32_cifar10.json" --set maximal_drop=0 --set max_iter_num=3
  FLOAT='^/b[.][0-9]/MatMul(_1)?$' examine sst2 "$SOURCE/configs/sst2_encoder.json" --set smooth_quant_alpha=0.5 --set max_iter_num=3 \
    --set 'compression.algorithms[0].params.metrics=[{"name": "accuracy@top1", "baseline_value": 0.99}]'
  # A hundred convolutions with zero points, one behind the other: every code counts. Channels are equalized across a
  # SiLU in the first run.
  examine yolox "$SOURCE/configs/yolox_coco.json" --set compression.algorithms[0].name=DefaultQuantization
  examine yolox_performance "$SOURCE/configs/yolox_coco.json" --set preset=performance --set maximal_drop=0 --set max_iter_num=3
else
  say "QUANTRAIL_DATA is not set, or this CPU has no 8-bit instructions: only the smaller networks"
fi
finish
