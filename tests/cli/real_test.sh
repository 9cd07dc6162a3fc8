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

network mobilenet_v1_imagenet 350 297
network resnet20_cifar10 1000 828
network resnet32_cifar10 1000 825
network kws_dscnn 900 821
network sst2_encoder 872 707
finish
