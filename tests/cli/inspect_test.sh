#!/usr/bin/env bash
# What a quantization does to real activations, in three formats, and what a person can get wrong about it.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
q() { "$QUANTRAIL" --store "$work/store" "$@"; }
mapfile -t small < <(small_demo)
cp "$SOURCE/demo/calib_images.npy" calib.npy
sed -e "s#\.\./demo/calib_images\.npy#$work/calib.npy#" -e "s#\"\.\./demo/#\"$SOURCE/demo/#" "$SOURCE/configs/demo.json" >c.json
q run c.json "${small[@]}" --set max_iter_num=1 --set saturation_fix=no >run.log 2>&1
[ -s store/experiments.db ] || bad "no run to look at: $(cat run.log)"

# Text: both tables, within 120 columns.
expect 0 '^block2/depthwise +Conv +int8 ' -- q inspect 1@0 --quantization --samples 8
expect 0 '^measured on .* 8 of 100 calibration samples' -- q inspect 1@0 --quantization --samples 8
expect 0 '^image +int8 ' -- q inspect latest@0 --quantization --samples 8
[ "$(awk 'length > widest { widest = length } END { print widest }' out)" -le 120 ] || bad "the tables are wider than 120 columns"
# More samples than the run was calibrated on are not there.
expect 0 '^measured on .* 100 of 100 ' -- q inspect 1@0 --quantization --samples 1000

# JSON: the same whatever the time; iteration 1 knows the layer that it gave back.
q inspect 1@0 --quantization --samples 8 --json >a.json && q inspect 1@0 --quantization --samples 8 --json >b.json
cmp -s a.json b.json || bad "two reports on the same iteration differ"
jq -e '.samples == 8 and (.tensors | length) > 20 and (.layers | length) == 24' a.json >/dev/null || bad "a.json: what is in it"
jq -e '[.tensors[] | select(.clipped_share < 0 or .clipped_share > 1 or .sqnr_db < 5 or .lo > 0 or .hi < .lo)] == []' a.json >/dev/null ||
  bad "a.json: tensors"
jq -e '[.layers[] | select(.runs_as != "int8")] == []' a.json >/dev/null || bad "iteration 0 has float layers"
jq -e '[.layers[] | select(.saturation.saturated_pairs > 0)] | length > 5' a.json >/dev/null || bad "nothing saturates"
[ "$(q inspect 1@1 --quantization --json | jq -r '[.layers[] | select(.runs_as == "float") | .name] | join(" ")')" = \
  "$(q show 1 --json | jq -r '.iterations[1].reverted_layers | join(" ")')" ] || bad "iteration 1: other float layers than in its record"

# CSV: one table of both kinds, every line as long as the first.
q inspect 1@0 --quantization --samples 8 --csv >a.csv
[ "$(cut -d, -f1 a.csv | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " 1 kind; 24 layer; 25 tensor;" ] || bad "a.csv: $(cut -d, -f1 a.csv | sort | uniq -c)"
[ "$(awk -F, '{ print NF }' a.csv | sort -u | wc -l)" = 1 ] || bad "a.csv: lines of different lengths"

# Order.
q inspect 1@0 --quantization --samples 8 --sort sqnr --json | jq -e '[.tensors[].sqnr_db] | . == sort' >/dev/null || bad "--sort sqnr"
q inspect 1@0 --quantization --samples 8 --sort saturation --json |
  jq -e '[.layers[].saturation.result_share // 0] | . == (sort | reverse)' >/dev/null || bad "--sort saturation"
q inspect 1@0 --quantization --samples 8 --sort name --json | jq -e '[.layers[].name] | . == sort' >/dev/null || bad "--sort name"

# Half of the range for every layer's weights: nothing saturates.
q run c.json "${small[@]}" --set max_iter_num=0 --set saturation_fix=all >/dev/null 2>&1
expect 0 '^saturation .* in none of 21 int8 layers' -- q inspect 2@0 --quantization

expect 2 'no run "nope"' -- q inspect nope --quantization
expect 2 'no iteration 9' -- q inspect 1@9 --quantization
expect 2 '--samples.*0.*1' -- q inspect 1 --quantization --samples 0
expect 2 '--samples' -- q inspect 1 --quantization --samples many
expect 2 '--sort' -- q inspect 1 --quantization --sort worst
expect 2 '--samples requires --quantization' -- q inspect "$SOURCE/demo/shapes.onnx" --samples 3
expect 2 'shapes\.onnx: is a file' -- q inspect "$SOURCE/demo/shapes.onnx" --quantization
q export 1@0 -o int8.onnx >/dev/null
expect 2 'int8\.onnx: is a file' -- q inspect int8.onnx --quantization

# The data that it was calibrated on: other samples than then, and none at all.
cp "$SOURCE/demo/val_images.npy" calib.npy
expect 2 'calibration samples of run 1 changed' -- q inspect 1@0 --quantization
rm calib.npy
expect 2 'calib\.npy' -- q inspect 1@0 --quantization
finish
