#!/usr/bin/env bash
# A first configuration, guessed from a model and its data: what `init` writes passes `check` where the paths suffice.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
q() { "$QUANTRAIL" --store "$work/store" "$@"; }
demo=$SOURCE/demo
wrote() { grep -qF -- "$2" "$1" || bad "$1 lacks $2: $(cat "$1")"; }

# Arrays with labels beside them.
expect 0 'check shapes\.json. finds nothing wrong' -- q init "$demo/shapes.onnx" --calibration "$demo/calib_images.npy" \
  --validation "$demo/val_images.npy"
wrote shapes.json '"layout": "NHWC"'
wrote shapes.json 'val_labels.npy'
wrote shapes.json '"type": "accuracy"'
wrote shapes.json 'AccuracyAwareQuantization'
wrote shapes.json '// inputs: image float32 [?, 3, 28, 28]'
expect 0 'accuracy' -- q check shapes.json
expect 0 '^accuracy@top1 +0\.' -- q evaluate shapes.json --set engine.validation.limit=20

# Preprocessing that is wrong leaves guesses: nothing else would say so.
expect 0 '^note: the float model.s accuracy@top1 of 0\.[0-9]* is what guessing one of 12 classes gives' -- \
  q evaluate shapes.json --set engine.validation.limit=240 --set engine.preprocess.divide_by=1000000
q evaluate shapes.json --set engine.validation.limit=240 --set engine.preprocess.mean='[0.5,0.5,0.5]' \
  --set engine.preprocess.std='[0.25,0.25,0.25]' | grep -q '^note' && bad "a note on a model that is right"

# Nothing is overwritten unless it is asked for.
cp shapes.json before.json
expect 2 'shapes\.json: is there already; --force' -- q init "$demo/shapes.onnx" --calibration "$demo/calib_images.npy"
cmp -s shapes.json before.json || bad "a refused init changed the file"
expect 0 'guessed: calibration: npy' -- q init "$demo/shapes.onnx" --calibration "$demo/calib_images.npy" --force
wrote shapes.json 'DefaultQuantization'
expect 0 '' -- q check shapes.json

# Images: a folder for each class has labels, one folder for all has none. Below the file's folder paths are relative.
mkdir -p val/a val/b calib
for image in "$SOURCE"/tests/data/fixtures/*.png; do cp "$image" val/a/; cp "$image" val/b/; cp "$image" calib/; done
expect 0 'metric accuracy: a label' -- q init "$demo/shapes.onnx" --calibration calib --validation val -o folders.json
wrote folders.json '"path": "val"'
wrote folders.json '"resize": { "mode": "exact", "width": 28, "height": 28 }'
expect 0 'finds nothing wrong' -- q init "$demo/shapes.onnx" --calibration calib --validation val -o folders.json --force
expect 0 'metric agreement: no labels' -- q init "$demo/shapes.onnx" --calibration calib --validation calib -o flat.json
expect 0 '' -- q check flat.json

# A file for each sample, MNIST's files, and ONNX's test data, of one black image.
mkdir -p rows set/test_data_set_0
bytes() { head -c "$1" /dev/zero; }
header="{'descr': '|u1', 'fortran_order': False, 'shape': (28, 28, 3), }"
for sample in 0 1; do
  { printf '\223NUMPY\001\000\166\000%-117s\n' "$header" && bytes 2352; } >rows/$sample.npy
done
expect 0 'calibration: npy, uint8 images in NHWC' -- q init "$demo/shapes.onnx" --calibration rows -o rows.json
expect 0 '' -- q check rows.json
{ printf '\000\000\010\003\000\000\000\002\000\000\000\034\000\000\000\034' && bytes 1568; } >t-images-idx3-ubyte
{ printf '\000\000\010\001\000\000\000\002' && bytes 2; } >t-labels-idx1-ubyte
expect 0 'labels in t-labels-idx1-ubyte' -- q init "$demo/shapes.onnx" --calibration rows \
  --validation t-images-idx3-ubyte -o idx.json
wrote idx.json '"type": "accuracy"'
expect 0 'test_data_set' -- q init "$demo/shapes.onnx" --calibration set -o set.json

# Detectors by the shape of what they give: four and three classes in rows, for the 84 cells of 64 x 64 pixels.
echo '{"images": [{"id": 1, "file_name": "colour.png", "width": 37, "height": 23}], "categories": [{"id": 1, "name": "thing"}],
  "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "area": 16, "iscrowd": 0}]}' >calib/coco.json
expect 0 'finds nothing wrong' -- q init "$SOURCE/tests/cli/seven_rows.onnx" --calibration calib --validation calib/coco.json \
  -o boxes.json
wrote boxes.json '"decode": "yolov8"'
wrote boxes.json '"resize": { "mode": "letterbox", "width": 64, "height": 64, "align": "center" }'
expect 0 '^map +[0-9]' -- q evaluate boxes.json
expect 0 'finds nothing wrong' -- q init "$SOURCE/tests/cli/seven_columns.onnx" --calibration calib --validation calib/coco.json \
  -o yolox.json
wrote yolox.json '"decode": "yolox"'
wrote yolox.json '"channel_order": "BGR"'
grep -q 'divide_by\|"mean"' yolox.json && bad "YOLOX takes images from 0 to 255: $(cat yolox.json)"

# Labels that cannot be used as they are remain labels; what is wrong with them is told.
printf 'calib/colour.png 1\ncalib/gone.png 2\n' >gone.txt
expect 0 'CHECK validation: .*gone\.txt:2: .*gone\.png' -- q init "$demo/shapes.onnx" --calibration calib --validation gone.txt \
  -o gone.json
wrote gone.json '"type": "accuracy"'
printf 'calib/colour.png 1\ncalib/grey.png\n' >some.txt
expect 0 'CHECK validation: .*some\.txt:2' -- q init "$demo/shapes.onnx" --calibration calib --validation some.txt -o some.json
wrote some.json '"type": "accuracy"'
printf 'calib/colour.png\ncalib/gone.png\n' >bare.txt
expect 0 'metric agreement: no labels' -- q init "$demo/shapes.onnx" --calibration calib --validation bare.txt -o bare_list.json
cp "$demo/val_images.npy" val_u8.npy && cp "$demo/val_labels.npy" val_u8_labels.npy
expect 0 'validation: npy, uint8 images in NHWC, labels in val_u8_labels.npy' -- q init "$demo/shapes.onnx" --calibration val_u8.npy \
  --validation val_u8.npy -o u8.json
printf 'calib/colour.png 40\n' >large.txt
expect 0 'CHECK validation: there are classes up to 40' -- q init "$demo/shapes.onnx" --calibration calib --validation large.txt \
  -o large.json

# A header, and labels that are words, are no reason to measure without labels.
printf 'path,label\ncalib/colour.png,1\n' >header.csv
expect 0 'CHECK validation: .*header\.csv:1: "path,label" is a header: remove this line' -- q init "$demo/shapes.onnx" \
  --calibration calib --validation header.csv -o header.json
wrote header.json '"type": "accuracy"'
expect 2 'header\.csv:1: "path,label" is a header' -- q check header.json
printf 'calib/colour.png cat\ncalib/grey.png dog\n' >words.txt
expect 0 'CHECK validation: .*words\.txt:1: the label is "cat", an integer is needed' -- q init "$demo/shapes.onnx" \
  --calibration calib --validation words.txt -o words.json
wrote words.json '"type": "accuracy"'

# Folders that are not the network's classes: what their labels are is told wherever something is measured.
mkdir -p some/00 some/02 more/tmp
for folder in some/00 some/02 $(seq -f 'more/class%02g' 12); do mkdir -p "$folder"; cp calib/colour.png "$folder/"; done
expect 0 'CHECK validation: 2 class folders, the network scores 12: they are named by numbers.*"02" is 2' -- \
  q init "$demo/shapes.onnx" --calibration calib --validation some -o some_folders.json
note='2 class folders, the network scores 12'
expect 0 "^note: engine.validation: $note" -- q check some_folders.json
expect 0 "^note: $note" -- q evaluate some_folders.json
expect 0 "$note" -- q run some_folders.json --set maximal_drop=1
expect 0 '^CHECK validation: "tmp" without images, and left out' -- q init "$demo/shapes.onnx" --calibration calib --validation more \
  -o more.json
expect 0 '^accuracy@top1 +0\.0833' -- q evaluate more.json
cp calib/colour.png more/tmp/
expect 2 'label 12 is out of range.*; 13 class folders, the network scores 12: .*"tmp" is 12' -- q check more.json
for class in $(seq -f 'class%02g' 12 -1 1) tmp; do echo "$class"; done >classes.txt
expect 2 'label 12 is out of range' -- q check more.json --set engine.validation.data.classes="$work/classes.txt"
rm -r more/tmp
expect 0 '^accuracy@top1 +0\.0833' -- q evaluate more.json --set engine.validation.data.classes="$work/classes.txt"

# Archives: the only array that is no labels is the images; of Keras' four arrays each side has its own.
if command -v python3 >/dev/null; then
  python3 - <<'END'
import zipfile
def npy(kind, shape, data):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    return b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + header.ljust(117).encode() + b"\n" + data
def images(count): return npy("|u1", (count, 28, 28, 3), bytes(count * 28 * 28 * 3))
def labels(count): return npy("|u1", (count, 1), bytes(count))
def archive(name, arrays):
    with zipfile.ZipFile(name, "w") as out:
        for array, content in arrays.items(): out.writestr(array + ".npy", content)
archive("other.npz", {"images": images(3), "labels": labels(3)})
archive("keras.npz", {"x_train": images(4), "y_train": labels(4), "x_test": images(3), "y_test": labels(3)})
END
  expect 0 'finds nothing wrong' -- q init "$demo/shapes.onnx" --calibration other.npz --validation other.npz -o other.json
  wrote other.json '"layout": "NHWC"'
  wrote other.json '"labels_array": "labels"'
  expect 0 'guessed: calibration: npz, uint8 images in NHWC, samples in x_train$' -- \
    q init "$demo/shapes.onnx" --calibration keras.npz --validation keras.npz -o keras.json
  wrote keras.json '"labels_array": "y_test", "samples_array": "x_test"'
  wrote keras.json '"type": "accuracy"'
  expect 0 'calibration +4 samples' -- q check keras.json
  expect 0 '^3 samples in' -- q evaluate keras.json
fi

# The output that the labels fit; codes are not scaled; images made from images have no classes.
printf 'calib/colour.png 11\n' >one.txt
expect 0 'finds nothing wrong' -- q init "$SOURCE/tests/cli/two_heads.onnx" --calibration calib --validation one.txt -o heads.json
wrote heads.json '"type": "accuracy", "output": 1'
grep -q 'divide_by\|"mean"' heads.json && bad "codes are scaled: $(cat heads.json)"
expect 0 '^accuracy@top1 +[01]' -- q evaluate heads.json
expect 0 'metric nmse' -- q init "$SOURCE/tests/cli/same_image.onnx" --calibration calib --validation calib -o same.json

# Channels that the model leaves open are the first layer's; its sizes are for a person to say.
expect 0 'CHECK preprocess.resize: the model leaves the image.s height and width open' -- \
  q init "$SOURCE/tests/cli/open_image.onnx" --calibration calib --validation calib -o open.json
wrote open.json '"channel_order": "RGB"'
wrote open.json '"layout": "NCHW"'
grep -q '"resize":' open.json && bad "a size that no one said"
expect 0 'looked at with inputs "pixel_values" \[1, 3, 32, 32\]' -- q inspect "$SOURCE/tests/cli/open_image.onnx"

# A map of classes, not of scores: agreement, place by place.
header="{'descr': '<f4', 'fortran_order': False, 'shape': (2, 5, 4, 4), }"
{ printf '\223NUMPY\001\000\166\000%-117s\n' "$header" && bytes 640; } >maps.npy
expect 0 'metric agreement: no labels' -- q init "$SOURCE/tests/cli/label_map.onnx" --calibration maps.npy \
  --validation maps.npy -o maps.json
expect 0 '^agreement +1' -- q evaluate maps.json

# Commands are quoted, so that they can be copied.
mkdir -p "a folder"
expect 0 "^then: quantrail run 'a folder/it'\\\\''s\\.json'" -- q init "$demo/shapes.onnx" --calibration calib --validation calib \
  -o "a folder/it's.json"

# Without data the file says what is missing.
expect 0 'CHECK calibration' -- q init "$demo/shapes.onnx" -o bare.json
expect 2 'FILL_IN_calibration_samples' -- q check bare.json
too_large="input 'x': shape .1,1099511627776,1099511627776. is too large"
expect 2 "$too_large" -- q inspect "$SOURCE/tests/cli/vast.onnx"
expect 0 "CHECK model: it cannot be computed: $too_large" -- q init "$SOURCE/tests/cli/vast.onnx" -o vast.json

# A token outside its table is its sample's, also where that is the first one.
tokens() { # FILE TOKEN...
  local file=$1 token
  shift
  printf '\223NUMPY\001\000\166\000%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': ($#,), }" >"$file"
  for token in "$@"; do printf "\\x$(printf %x "$token")" >>"$file"; done
}
tokens good.npy 1 2 3 4
tokens first.npy 100 2 3 4
tokens second.npy 1 100 3 4
expect 0 'finds nothing wrong' -- q init "$SOURCE/tests/cli/tokens.onnx" --calibration good.npy --validation good.npy -o tokens.json
for command in check evaluate run; do
  expect 2 "first\.npy row 0: node 'emb' .*index 100 on an axis of 8" -- \
    q "$command" tokens.json --set engine.validation.data.path="$work/first.npy"
done
for command in evaluate run; do
  expect 2 "second\.npy row 1: node 'emb' .*index 100 on an axis of 8" -- \
    q "$command" tokens.json --set engine.validation.data.path="$work/second.npy"
done

expect 2 'nowhere: there is no such file' -- q init "$demo/shapes.onnx" --calibration nowhere -o x.json
: >data.xyz
expect 2 'data\.xyz: no kind of data' -- q init "$demo/shapes.onnx" --calibration data.xyz -o x.json
expect 2 '--labels are those of --validation' -- q init "$demo/shapes.onnx" --labels "$demo/val_labels.npy" -o x.json
expect 2 'val.*: --labels is for arrays' -- q init "$demo/shapes.onnx" --validation val --labels "$demo/val_labels.npy" -o x.json
[ -e x.json ] && bad "a failed init left a file"
finish
