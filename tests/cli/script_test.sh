#!/usr/bin/env bash
# The screens without a terminal, from a script; runs with the settings of another; forecasts before a run.
. "$(dirname "$0")/lib.sh"
store=$work/store
q() { "$QUANTRAIL" --store "$store" "$@"; }
mapfile -t small < <(small_demo)
play() { LC_ALL=C.UTF-8 "$QUANTRAIL" --store "$store" tui --script "$work/keys" "$@"; }
keys() { printf '%s\n' "$@" >"$work/keys"; }
shows() { grep -qE -- "$2" "$1" || { bad "no \"$2\" in:"; sed 's/^/    /' "$1"; }; }

q run "$SOURCE/configs/demo.json" "${small[@]}" --name first >/dev/null 2>&1

# A forecast says what would be computed, and computes none of it.
expect 0 'forecast: calibration on 300 samples.*a ranking of 24 layers' -- q check "$SOURCE/configs/demo.json" --forecast
[ "$(q check "$SOURCE/configs/demo.json" --forecast --json | jq -r .forecast | cut -c1-9)" = forecast: ] || bad "no forecast in the JSON"

# A run like another one has its settings, and what was changed; its results come from the store.
q run --like first --set max_iter_num=1 --name like >/dev/null 2>&1
[ "$(q show like --json | jq '.iterations | length')" = 2 ] || bad "the run like another one has other iterations"
[ "$(q show like --json | jq -c .run.config.engine)" = "$(q show first --json | jq -c .run.config.engine)" ] || bad "another engine"
q show like --config | grep -qE 'max_iter_num +1 +--set' || bad "the changed setting does not say so"
q show like --config | grep -qE 'engine.validation.limit +600 +--set' || bad "where a setting comes from was lost"
expect 2 'no run' -- q run --like nothing
expect 2 'excludes' -- q run --like first --from first
expect 2 'CONFIG is required' -- q run

# What a terminal would show.
keys ':clock 14:03' ":dump $work/runs" Enter ":dump $work/live" '# a comment' q : '"show first"' Enter ":dump $work/text" q
play
[ $? = 0 ] || bad "the script failed"
[ "$(wc -l <"$work/runs")" = 24 ] || bad "the screen has $(wc -l <"$work/runs") rows"
shows "$work/runs" 'RUNS 2 .*14:03$'
shows "$work/live" 'RUN 2 like'
shows "$work/text" 'run 1 first: done'
play --size 120x40
[ "$(wc -l <"$work/runs")" = 40 ] || bad "--size has no effect"

# A model that nothing was measured of has no drop, and no rule chooses it.
printf '{"model": {"model": "%s/demo/shapes.onnx"}, "engine": {"calibration": {"data": {"type": "npy", "path": "%s/demo/calib_images.npy",
  "layout": "NHWC"}, "preprocess": {"divide_by": 255}, "limit": 20}}}' "$SOURCE" "$SOURCE" >"$work/calibration.json"
"$QUANTRAIL" --store "$work/unmeasured" run "$work/calibration.json" >/dev/null 2>&1
keys Enter ":dump $work/live" 5 ":dump $work/models"
LC_ALL=C.UTF-8 "$QUANTRAIL" --store "$work/unmeasured" tui --script "$work/keys"
shows "$work/live" 'Iterations 1'
grep -q '0\.0000' "$work/live" "$work/models" && bad "a drop of what was not measured"
grep -q 'smallest' "$work/models" && bad "a rule chose what was not measured"

# What commands print for the screens is laid out for them.
[ "$("$QUANTRAIL" --store "$store" --terminal-columns 70 list | awk '{ if (length($0) > most) most = length($0) } END { print most }')" -le 70 ] ||
  bad "the list is wider than what shows it"

# The form for a new run, from a script: validated, forecast, started, and followed to its end.
keys n Tab '"again"' Tab ':wait ready' F5 ':wait a ranking of 24' ":dump $work/forecast" q F10 ':wait RUN 3 again' ':wait done, ' ":dump $work/done"
play || bad "no new run from a script"
shows "$work/forecast" 'what this run would be'
shows "$work/done" 'Iterations [0-9]'
[ "$(q show again --json | jq -r .run.state)" = done ] || bad "the new run is $(q show again --json | jq -r .run.state)"
[ "$(q show again --json | jq -c '[.iterations[].metrics]')" = "$(q show like --json | jq -c '[.iterations[].metrics]')" ] || bad "other results"

# Files of the store are never written over, by whatever way.
expect 2 'lies in the experiment store' -- q export first -o "$store/experiments.db"
expect 2 'lies in the experiment store' -- q export first -o "$store/../store/x.onnx" --verify
ln -s "$store" "$work/link"
expect 2 'lies in the experiment store' -- q export first -o "$work/link/experiments.db"
q list >/dev/null || bad "the store is gone"

# A mistake in the form is said at its field, and nothing is started.
keys n Tab Tab Tab Ctrl-U '"/nothing.onnx"' F10 ":dump $work/refused"
play
shows "$work/refused" '/nothing\.onnx: there is no such file'
[ "$(q list --json | jq length)" = 3 ] || bad "a run was started with an error in its form"

# Settings that are named but not taken over are not started unseen.
keys n Ctrl-U '"/nothing.json"' F10 ":dump $work/refused"
play
shows "$work/refused" 'cannot yet: /nothing\.json'

# An upgrade while the screens are open: what they start is the program that is there now, or else the one that runs.
mkdir "$work/bin"
for new in replaced removed; do
  cp "$QUANTRAIL" "$work/bin/quantrail"
  rm -f "$work/open"
  keys ":dump $work/open" ":wait $new" '*' ":dump $work/starred"
  (QUANTRAIL=$work/bin/quantrail; play) >"$work/out" 2>&1 &
  screens=$!
  for _ in $(seq 300); do [ -s "$work/open" ] && break; sleep 0.1; done
  if [ "$new" = replaced ]; then cp "$QUANTRAIL" "$work/bin/new" && mv "$work/bin/new" "$work/bin/quantrail"; else rm "$work/bin/quantrail"; fi
  q rename latest "$new" >/dev/null || bad "rename"
  wait "$screens" || bad "screens whose program was $new: $(cat "$work/out")"
  [ "$(q list has:star --json | jq -r '.[].name')" = "$new" ] || bad "screens whose program was $new cannot act: $(tail -n 2 "$work/starred")"
  q star latest --remove >/dev/null || bad "star"
done

# Scripts with mistakes.
keys q ":dump $work/never"
expect 1 'left before the end of the script' -- play
keys Down nonsense
expect 2 ':2: "nonsense" is no key' -- play
keys ':size 0x9'
expect 2 'no size' -- play
expect 2 'no size' -- play --size 80
rm "$work/keys"
expect 2 'keys' -- play
expect 2 'script' -- q tui --size 80x24
finish
