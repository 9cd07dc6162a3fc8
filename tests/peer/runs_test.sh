#!/usr/bin/env bash
# Every iteration of accuracy-aware runs, exported and loaded in real ONNX Runtime: the metric is within two samples of the
# record, and the graph that ONNX Runtime makes of it computes in float just what the record names.
. "$(dirname "$0")/../cli/lib.sh"
tool=${PEER_TOOL:?path of peer_tool}
if ! node -e 'require("onnxruntime-node")' 2>/dev/null; then
  say "node cannot load onnxruntime-node: tools/setup --test installs it, NODE_PATH finds it; skipped"
  exit 77
fi
q() { "$QUANTRAIL" --store "$work/store" "$@"; }

# NAME CONFIG [OPTION...]: a run, and all of its iterations in ONNX Runtime.
examine() {
  name=$1 config=$2
  shift 2
  mkdir -p "$work/$name"
  "$tool" inputs "$config" "$work/$name" || { bad "inputs of $name"; return; }
  q run "$config" --name "$name" "$@" >"$work/out" 2>&1
  q show "$name" --json >"$work/$name.json" || { bad "run of $name"; cat "$work/out"; return; }
  samples=$(wc -l <"$work/$name/labels.txt")
  worst=0
  count=$(jq '.iterations | length' "$work/$name.json")
  for ((it = 0; it < count; it++)); do
    q export "$name@$it" -o "$work/m.onnx" >/dev/null || { bad "export $name@$it"; continue; }
    hits=$(node "$(dirname "$0")/ort_top1.cjs" "$work/m.onnx" "$work/$name" "$work/o.onnx") || { bad "$name@$it in ONNX Runtime"; continue; }
    recorded=$(jq "[.iterations[$it].metrics[]][0] * $samples | round" "$work/$name.json")
    off=$((hits > recorded ? hits - recorded : recorded - hits))
    [ "$off" -gt "$worst" ] && worst=$off
    [ "$off" -le 2 ] || bad "$name@$it: $hits of $samples in ONNX Runtime, recorded $recorded"
    "$tool" floats "$work/o.onnx" >"$work/floats"
    jq -r ".iterations[$it] | .reverted_layers[], .float_in_onnxruntime[]" "$work/$name.json" >"$work/named"
    grep -E '^(Conv|Gemm|MatMul)' "$work/floats" | cut -d' ' -f2- | grep -vxFf "$work/named" >"$work/more" &&
      bad "$name@$it: float in ONNX Runtime, but not named: $(tr '\n' ' ' <"$work/more")"
    cut -d' ' -f2- "$work/floats" >"$work/names"
    jq -r ".iterations[$it].reverted_layers[]" "$work/$name.json" | grep -vxFf "$work/names" >"$work/more" &&
      bad "$name@$it: not float in ONNX Runtime: $(tr '\n' ' ' <"$work/more")"
  done
  say "$name: $count iterations, at most $worst samples off of $samples"
}

examine shapes "$SOURCE/configs/demo.json" --set maximal_drop=0.002
examine shapes_compute "$SOURCE/configs/demo.json" --set revert_mode=compute --set maximal_drop=0.002
if [ -n "${QUANTRAIL_DATA:-}" ]; then
  examine kws "$SOURCE/configs/kws_dscnn.json"
  # Not to be reached: so that layers are reverted on a network that needs none reverted.
  examine mobilenet "$SOURCE/configs/mobilenet_v1_imagenet.json" --set max_iter_num=4 \
    --set 'compression.algorithms[0].params.metrics=[{"name": "accuracy@top1", "baseline_value": 0.99}]'
else
  say "QUANTRAIL_DATA is not set: only the network that ships"
fi
finish
