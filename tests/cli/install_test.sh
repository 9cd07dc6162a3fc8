#!/usr/bin/env bash
# What `cmake --install` puts into a folder works there.
. "$(dirname "$0")/lib.sh"
BUILD=${BUILD:?folder of the build} CMAKE=${CMAKE:-cmake}
unset DESTDIR
"$CMAKE" --install "$BUILD" --prefix "$work/usr" >"$work/log" 2>&1 || { bad "cmake --install: $(tail -n 3 "$work/log")"; finish; }
for file in bin/quantrail share/quantrail/configs/quantrail.schema.json share/quantrail/demo/shapes.onnx \
  share/doc/quantrail/README.md share/doc/quantrail/LICENSE share/doc/quantrail/docs/configuration.md; do
  [ -s "$work/usr/$file" ] || bad "$file is not installed"
done
cd / || exit 1
q() { "$work/usr/bin/quantrail" --store "$work/store" "$@"; }
expect 0 '^quantrail [0-9]' -- q --version
expect 0 'shapes' -- q check "$work/usr/share/quantrail/configs/demo.json"
# The worker that --detach starts is the installed program, too.
expect 0 'run 1' -- q run --detach "$work/usr/share/quantrail/configs/demo.json" --set engine.validation.limit=50 \
  --set max_iter_num=0 --set maximal_drop=1
expect 0 'iteration 0: quantized' -- q watch 1
finish
