#!/usr/bin/env bash
# Real trained networks: the float figure is the one recorded in ONNX Runtime, to the sample, and an accuracy-aware run
# ends with its target met, every iteration in the store. Needs the data folder that QUANTRAIL_DATA names.
. "$(dirname "$0")/lib.sh"
if [ -z "${QUANTRAIL_DATA:-}" ]; then say "QUANTRAIL_DATA is not set: it names the folder of real networks and data; skipped"; exit 77; fi
q() { "$QUANTRAIL" --store "$work/store" "$@"; }

# CONFIG SAMPLES HITS
network() {
  config=$SOURCE/configs/$1.json
  q evaluate "$config" --json >"$work/float.json" || { bad "evaluate $1"; return; }
  hits=$(jq '[.metrics[]][0] * .samples | round' "$work/float.json")
  [ "$(jq .samples "$work/float.json") $hits" = "$2 $3" ] || bad "$1: float $hits of $(jq .samples "$work/float.json"), recorded $3 of $2"
  q run "$config" --name "$1" >"$work/out" 2>&1
  code=$?
  q show "$1" --json >"$work/run.json"
  outcome=$(jq -r .run.outcome "$work/run.json")
  case $code:$outcome in 0:met | 0:nothing_to_do) ;; *) bad "$1: exit $code, outcome $outcome" ;; esac
  jq -e '.run.iterations == (.iterations | length) and (.iterations | all(.snapshot_hash | length == 64))' "$work/run.json" >/dev/null ||
    bad "$1: iterations are missing in the store"
  say "$1: float $hits/$2, $(jq -r '[.run.quantized, .run.best, .run.drop, .run.reverted] | "int8 \(.[0]), best \(.[1]), drop \(.[2]), \(.[3]) layers float"' "$work/run.json"), $outcome"
}

# Mean average precision. The recorded figures (0.2525, and 0.414 at an overlap of 0.5) were taken with crowds deleted from
# the annotations; by COCO's rules, which leave boxes in crowds aside, the same boxes score 0.2548 and 0.4197.
detection() {
  config=$SOURCE/configs/yolox_coco.json
  q evaluate "$config" --json >"$work/crowds.json" || { bad "evaluate yolox_coco"; return; }
  jq '.annotations |= map(select(.iscrowd == 0))' "$QUANTRAIL_DATA/yolox_coco/annotations.json" >"$work/no_crowds_annotations.json"
  q evaluate "$config" --set "engine.validation.data.path=$work/no_crowds_annotations.json" --json >"$work/no_crowds.json" ||
    { bad "evaluate yolox_coco without crowds"; return; }
  near='def near(a; b; most): (a - b | fabs) <= most;'
  jq -e "$near"' near(.metrics.map; 0.2525; 0.001) and near(.metrics["map@50"]; 0.414; 0.002)' "$work/no_crowds.json" >/dev/null ||
    bad "yolox_coco without crowds: $(jq -c .metrics "$work/no_crowds.json"), recorded 0.2525 and 0.414"
  jq -e "$near"' near(.metrics.map; 0.2548; 0.001) and near(.metrics["map@50"]; 0.4197; 0.002)' "$work/crowds.json" >/dev/null ||
    bad "yolox_coco: $(jq -c .metrics "$work/crowds.json")"
  say "yolox_coco: float $(jq -c .metrics "$work/crowds.json"), without crowds $(jq -c .metrics "$work/no_crowds.json")"
}

detection
network mobilenet_v1_imagenet 350 297
network resnet20_cifar10 1000 828
network resnet32_cifar10 1000 825
network kws_dscnn 900 821
network sst2_encoder 872 707
finish
