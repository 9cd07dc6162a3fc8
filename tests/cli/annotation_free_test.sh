#!/usr/bin/env bash
# A person without labels: the float model's own predictions stand for them, in runs, after kills, and in evaluate.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
q() { "$QUANTRAIL" --store "$work/store" "$@"; }
demo=$SOURCE/configs/demo.json
images='{"type": "npy", "path": "'$SOURCE'/demo/val_images.npy", "layout": "NHWC"}'
free=(--set annotation_free=true)
unlabelled=(--set "engine.validation.data=$images")
few=(--set engine.validation.limit=600 --set ranking_subset_size=100 --set stat_subset_size=100 --set max_iter_num=6)

# Data of every type that can do without labels, and labels that are there but not used.
expect 2 'labels are needed' -- q check "$demo" "${unlabelled[@]}"
expect 0 'sound' -- q check "$demo" "${free[@]}" "${unlabelled[@]}"
grep -q 'labels of engine.validation' "$work/out" && bad "there are no labels to leave aside"
expect 0 'annotation_free: the labels of engine.validation are not used' -- q check "$demo" "${free[@]}"
expect 0 'are not used' -- q check "$demo" "${free[@]}" --set engine.validation.data.labels=absent.npy
mkdir flat
cp "$SOURCE"/tests/data/fixtures/{colour,grey,palette}.png flat
(cd flat && ls) >list.txt
image_data() { # TYPE PATH
  printf '%s\n' --set 'engine.validation={"data": {"type": "'"$1"'", "path": "'"$work/$2"'"'"${3:-}"'}}' \
    --set 'engine.preprocess.resize={"mode": "exact", "size": 28}' --set annotation_conf_threshold=0
}
mapfile -t folder < <(image_data image_folder flat)
mapfile -t list < <(image_data image_list list.txt ", \"root\": \"$work/flat\"")
expect 2 'no subfolders' -- q check "$demo" "${folder[@]}"
expect 2 'list.txt:1: the label is missing' -- q check "$demo" "${list[@]}"
for data in folder list; do
  declare -n of=$data
  expect 0 '^3 samples' -- q evaluate "$demo" "${free[@]}" "${of[@]}"
  expect 0 'accuracy@top1  1\.0000' -- q evaluate "$demo" "${free[@]}" "${of[@]}"
done

# What cannot be served is said at once, or once there are predictions.
expect 2 'annotation_free.*"map" is of type "map"' -- q check "$demo" "${free[@]}" \
  --set 'engine.metrics=[{"type": "map", "decode": "yolox"}]'
expect 2 'annotation_conf_threshold: found 60, allowed is 0 to 1' -- q check "$demo" "${free[@]}" --set annotation_conf_threshold=60
expect 2 'top_k is 99' -- q check "$demo" "${free[@]}" --set 'engine.metrics[0].top_k=99'
expect 0 'annotation_conf_threshold has no effect' -- q check "$demo" --set annotation_conf_threshold=0.7
expect 2 'none of 600 validation samples.*annotation_conf_threshold, 1; the highest is 0\.9' -- \
  q run "$demo" "${free[@]}" "${few[@]}" --set annotation_conf_threshold=1 --name unsure

# With and without labels beside them, the same samples give the same run, and nothing is computed again.
q run "$demo" "${free[@]}" "${few[@]}" "${unlabelled[@]}" --name bare >"$work/bare" 2>&1 || bad "a run without labels: $(tail -n 3 "$work/bare")"
grep -qE '^note: annotation_free: .* [0-9]+ of 600 samples are kept, with a confidence of 0\.6 or more \(by the softmax' "$work/bare" ||
  bad "no note on what was kept"
q run "$demo" "${free[@]}" "${few[@]}" --name beside >/dev/null 2>&1
facts() { q show "$1" --json | jq -S '{float: .run.float, outcome: .run.outcome, iterations: [.iterations[] | del(.seconds)], rankings}'; }
[ "$(facts bare)" = "$(facts beside)" ] || bad "labels that are not used make a difference"
q show beside --json | jq -e '.evaluations.total == .evaluations.reused and .run.float == 1' >/dev/null || bad "a question was asked twice"
expect 0 'labels +predicted by the float model: accuracy is agreement with it' -- q show bare
expect 0 "Labels are the float model's predictions: accuracy is agreement with it" -- q show bare

# Killed while labels are predicted, and later: resumed to the same end.
for at in 'predict labels' 'rank '; do
  "$QUANTRAIL" --store "$work/killed" run "$demo" "${free[@]}" "${few[@]}" "${unlabelled[@]}" --set engine.threads=1 >"$work/log" 2>&1 &
  pid=$!
  for _ in $(seq 1000); do grep -q "^$at" "$work/log" && break; sleep 0.01; done
  kill -9 "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  "$QUANTRAIL" --store "$work/killed" resume latest >>"$work/log" 2>&1
  "$QUANTRAIL" --store "$work/killed" show latest --json |
    jq -S '{float: .run.float, outcome: .run.outcome, iterations: [.iterations[] | del(.seconds)], rankings}' >"$work/killed.json"
  [ "$(facts bare)" = "$(cat "$work/killed.json")" ] || bad "another result after a kill at \"$at\": $(tail -n 3 "$work/log")"
  rm -rf "$work/killed"
done

# An iteration, and its file, agree with the float model as recorded.
expect 0 'iteration 0' -- q export bare@0 -o m.onnx --verify
for it in 0 best; do
  q evaluate "bare@$it" --json >e.json || bad "evaluate bare@$it"
  jq -e '.metrics == .recorded and .samples < 600 and (.labels | startswith("annotation_free"))' e.json >/dev/null ||
    bad "evaluated otherwise than recorded: $(cat e.json)"
done
q evaluate bare@0 --json >e.json
q evaluate "$demo" "${free[@]}" "${few[@]}" "${unlabelled[@]}" --model m.onnx --json >file.json || bad "evaluate --model"
jq -e --slurpfile it e.json '.metrics == $it[0].metrics and .samples == $it[0].samples' file.json >/dev/null ||
  bad "the exported file agrees otherwise: $(cat file.json)"
finish
