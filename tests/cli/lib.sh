# Helpers of the tests that drive the real binary. Sourced; needs QUANTRAIL (the binary) and SOURCE (the repository).
set -u
QUANTRAIL=${QUANTRAIL:?path of the quantrail binary}
SOURCE=${SOURCE:?path of the repository}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

say() { printf '%s\n' "$*"; }
bad() { failures=$((failures + 1)); say "FAILED: $*"; }

# expect CODE PATTERN -- COMMAND...: the command ends with CODE, says something that matches PATTERN (extended, on one
# line), and nothing that smells of a crash.
expect() {
  code=$1 pattern=$2
  shift 3
  "$@" >"$work/out" 2>&1 </dev/null
  got=$?
  if [ "$got" != "$code" ]; then bad "exit $got instead of $code: $*"; sed 's/^/    /' "$work/out" | head -n 5; return; fi
  if ! grep -qE -- "$pattern" "$work/out"; then bad "no \"$pattern\" from: $*"; sed 's/^/    /' "$work/out" | head -n 5; return; fi
  if grep -qiE 'terminate called|internal error|segmentation|assert|sanitizer' "$work/out"; then bad "crash: $*"; fi
}

finish() {
  if [ "$failures" -gt 0 ]; then say "$failures failed"; exit 1; fi
  say "all passed"
}

# The demonstration on fewer samples with an ambitious target: seconds, with several reverts and rankings.
small_demo() {
  printf '%s\n' --set engine.validation.limit=600 --set ranking_subset_size=100 --set stat_subset_size=100 \
    --set maximal_drop=0 --set max_iter_num=6
}
