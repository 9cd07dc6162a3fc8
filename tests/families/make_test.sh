#!/bin/sh
# Makes the small networks for the tests that follow; fails when a network is not tested or a test has no network.
# usage: make_test.sh MAKE_NETWORKS FOLDER FAMILIES_TESTS
set -eu
if ! /usr/bin/python3 -c 'import onnx, numpy' 2>/dev/null; then
  echo "python3-onnx or python3-numpy is not installed"
  exit 77
fi
rm -rf "$2"
"$1" --size small --folder "$2" --quiet
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
(cd "$2" && ls ./*.onnx) | sed 's|^./||; s|[.]onnx$||' | LC_ALL=C sort > "$lists/made"
"$3" --gtest_list_tests | sed -n 's|.*FloatAndQuantized/\([a-z0-9_]*\) .*|\1|p' | LC_ALL=C sort > "$lists/tested"
diff "$lists/made" "$lists/tested"

# The same arguments give the same bytes.
"$1" --size small --folder "$lists" --quiet resnet18 bert yolo_v8_nms
for name in resnet18 bert yolo_v8_nms; do
  cmp "$lists/$name.onnx" "$2/$name.onnx"
done
