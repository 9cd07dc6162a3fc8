#!/bin/sh
# The tests of the families on networks of the true size: minutes each, and up to 1 GB on disk at a time.
# usage: full_test.sh MAKE_NETWORKS FAMILIES_TESTS [NAME...]
set -eu
make_networks=$1 tests=$2
shift 2
if ! /usr/bin/python3 -c 'import onnx, numpy' 2>/dev/null; then
  echo "python3-onnx or python3-numpy is not installed"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ $# -gt 0 ] || set -- $("$make_networks" --list | cut -d' ' -f1)
failed=
for name; do
  "$make_networks" --folder "$folder" "$name"
  QUANTRAIL_FAMILIES=$folder "$tests" --gtest_brief=1 --gtest_filter="*/$name" || failed="$failed $name"
  rm -f "$folder"/*
done
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
