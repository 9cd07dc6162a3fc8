#!/usr/bin/env bash
# Many runs: found, marked, compared, thrown away and brought back; branched off, queued, paused; their models picked.
. "$(dirname "$0")/lib.sh"
store=$work/store
q() { "$QUANTRAIL" --store "$store" "$@"; }
mapfile -t small < <(small_demo)
demo=$SOURCE/configs/demo.json
field() { q show "$1" --json | jq -r ".run.$2"; }
wait_for() { # RUN STATE
  for _ in $(seq 600); do
    [ "$(field "$1" state)" = "$2" ] && return
    sleep 0.1
  done
  bad "run $1 is $(field "$1" state), not $2"
}

q run "$demo" "${small[@]}" --name first --tag night --set max_iter_num=3 >/dev/null 2>&1
q run "$demo" "${small[@]}" --name second --set max_iter_num=1 --set seed=4 --set engine.validation.limit=300 >/dev/null 2>&1

# Marks.
expect 0 'tagged base night' -- q tag first base
expect 0 'tagged night$' -- q tag first base --remove
expect 2 'must not hold' -- q tag first 'a b'
expect 2 'required' -- q tag first
q note first 'looks good' || bad note
expect 0 '^looks good$' -- q note first
q star first || bad star
q rename second other || bad rename
expect 2 'is taken by run 1' -- q rename other first
expect 2 'no run' -- q star nobody

# Lists.
[ "$(q list 'drop<1' tag:night --json | jq -r '.[].name')" = first ] || bad "list: filter"
[ "$(q list has:note --csv | sed 1d | cut -d, -f2)" = first ] || bad "list: csv"
[ "$(q list --sort id --columns name,param.seed | sed 1d | tr -s ' ' | paste -sd'|')" = 'first 0|other 4' ] || bad "list: columns"
[ "$(q list --sort id -r --json | jq -r '.[0].name')" = other ] || bad "list: reverse"
expect 0 'no run matches' -- q list state:failed
expect 2 'did you mean "state"' -- q list stat:done
expect 2 'did you mean "drop"' -- q list --sort dropp
expect 2 'no field "x"' -- q list --columns x
expect 0 'first' -- q list 'created>=2026-01'
expect 2 'created is a time' -- q list 'created>2026-13'
expect 2 'must not hold' -- q tag first good 'not,good'
[ "$(field first 'tags | join(" ")')" = night ] || bad "one of two tags was taken"
expect 2 'Excludes|excludes' -- q list --json --columns id
q list tag:night --sort drop --columns id,name --save-view nights >/dev/null || bad "save view"
expect 0 '1 +first' -- q list --view nights
expect 0 'nights +tag:night +drop +id,name' -- q list --views
q list --views --json | jq -e '.[0] | .view == "nights" and .sort == "drop" and .columns == ["id", "name"]' >/dev/null ||
  bad "views as JSON"
[ "$(q list --views --csv | tr -d '\r' | paste -sd' ')" = 'view,filter,sort,columns nights,tag:night,drop,"id,name"' ] ||
  bad "views as CSV"
expect 2 'did you mean "nights"' -- q list --view night
q list --forget-view nights || bad "forget view"
expect 2 'no view' -- q list --view nights

# Where each setting comes from.
expect 0 'params.seed +4 +--set$' -- q show other --config
expect 0 'engine.validation.data.path +[^ ]+ +file$' -- q show other --config
expect 0 'params.prune +false +default$' -- q show other --config

# Comparison.
expect 0 'params.seed +0 +4' -- q compare first other
expect 0 'measured on different samples \(600 and 300\)' -- q compare first other
[ "$(q compare 1 2 --json | jq -r '[.settings[] | select(.differs) | .key] | join(" ")')" = \
  'compression.algorithms[0].params.max_iter_num compression.algorithms[0].params.seed data.validation engine.validation.limit' ] ||
  bad "compare: $(q compare 1 2 --json | jq -c '[.settings[] | select(.differs) | .key]')"
q compare 1 2 --json | jq -e '.points | length == 6 and any(.front)' >/dev/null || bad "compare: points"
q compare 1 2 --csv | grep -q '^drop,' || bad "compare: csv"
[ "$(q compare 1 2 --csv | sed -n 's/^drop,\([^,]*\),.*/\1/p')" = "$(field 1 drop)" ] || bad "compare: csv rounds"
expect 2 'at least two' -- q compare 1
expect 2 'named twice' -- q compare 1 first

# Picking a model.
picked() { q export "$1" -o "$work/picked.onnx" 2>&1 | sed -n 's/.*: iteration \([0-9]*\) of.*/\1/p'; }
[ "$(picked first)" = "$(field first best_iteration)" ] || bad "the best is $(picked first)"
rounded=$(q show first --json | jq -r '.iterations[-1].drop * 1e10 | ceil / 1e10')
[ -n "$(picked "first@max-drop=$rounded")" ] || bad "a drop of $rounded is more than $rounded"
[ "$(picked first@max-drop=1)" = 0 ] || bad "max-drop=1 picks $(picked first@max-drop=1)"
expect 2 'no iteration whose drop is at most -1; the smallest drop is' -- q export first@max-drop=-1 -o "$work/none.onnx"
expect 2 'number is expected' -- q export first@max-drop=x -o "$work/none.onnx"
expect 2 'drops no more than is allowed; the smallest drop' -- q export first@smallest -o "$work/none.onnx"
expect 2 '"best", "smallest", "fastest" or "max-drop=X"' -- q export first@nice -o "$work/none.onnx"
[ ! -e "$work/none.onnx" ] || bad "a file that should not exist"

# The trash.
expect 0 'run 1 is in the trash' -- q rm first
expect 0 'other' -- q list
[ "$(q list --json | jq length)" = 1 ] || bad "a run in the trash is listed"
expect 0 'first' -- q list --trash
expect 2 'already' -- q rm first
expect 0 'back from the trash: first' -- q undo
expect 2 'trash is empty' -- q undo

# A branch: begins where the iteration was, and computes nothing of it again.
expect 1 'branched off run 1 at iteration 2' -- q run --from first@2 --set max_iter_num=1 --name branch
[ "$(q show branch --json | jq -c '.iterations[1].reverted_layers')" = "$(q show first --json | jq -c '.iterations[2].reverted_layers')" ] ||
  bad "the branch begins elsewhere"
[ "$(q show branch --json | jq -r '.iterations[1].snapshot_hash')" = "$(q show first --json | jq -r '.iterations[2].snapshot_hash')" ] ||
  bad "the branch begins with another model"
[ "$(q show branch --json | jq '.evaluations | .total == .reused')" = true ] || bad "the branch computed what was known"
[ "$(field branch parent) $(field branch parent_iteration)" = '1 2' ] || bad "the branch forgot where it comes from"
expect 0 'engine.validation.data.path +[^ ]+ +file$' -- q show branch --config
expect 0 'start_reverted +\[.*\] +run 1@2$' -- q show branch --config
expect 1 'start_reverted is set: not what iteration 2 of run 1 has in float' -- q run --from first@2 \
  --set max_iter_num=1 --set 'start_reverted=["stem"]' --name elsewhere
expect 0 'start_reverted +\[.*stem.*\] +--set$' -- q show elsewhere --config
[ "$(q show elsewhere --json | jq -c '.iterations[1].reverted_layers')" = '["stem"]' ] || bad "what was set did not count"
cp "$SOURCE/demo/val_images.npy" "$work/other.npy" && cp "$SOURCE/demo/val_labels.npy" "$work/other_labels.npy"
(cd "$work" && expect 0 '' -- q check --help >/dev/null
  q run --like first --set engine.validation.data.path=other.npy --set engine.validation.data.labels=other_labels.npy \
    --set compression.algorithms[0].name=DefaultQuantization --name here >out.txt 2>&1) ||
  bad "a path that --set gives is not one of here: $(cat "$work/out.txt")"
expect 2 'maximal_drop|unknown' -- q run --from first --set maximal_dorp=1
expect 2 'CONFIG is required' -- q run
expect 2 'xcludes' -- q run "$demo" --from first

# Two metrics: each has its line and its columns, and a model is only picked where none drops by more.
expect 0 'accuracy@top3, float .* may drop by 0\.0500' -- q run "$demo" "${small[@]}" --name two \
  --set 'engine.metrics=[{"type": "accuracy", "top_k": 3}, {"type": "accuracy", "top_k": 1}]' --set maximal_drop=0.05
expect 0 'accuracy@top3 +drop +accuracy@top1 +drop' -- q show two
largest() { q show two --json | jq "[.iterations[$1].drops[]] | max"; }
expect 0 "iteration $(field two best_iteration)" -- q export two@max-drop="$(largest "$(field two best_iteration)")" -o "$work/two.onnx"
[ "$(q show two --csv | head -n 1 | tr -d '\r')" = \
  'iteration,kind,changed,metric,drop,note,int8_macs_share,mib,float_layers,metric_name,size_bytes,accuracy@top1,accuracy@top1 drop' ] ||
  bad "columns of several metrics"

# A model that was moved.
cp "$SOURCE/demo/shapes.onnx" "$work/mine.onnx"
q run "$demo" "${small[@]}" --set model.model="$work/mine.onnx" --set max_iter_num=0 --name mine >/dev/null 2>&1
mv "$work/mine.onnx" "$work/moved.onnx"
kept=$store/models/$(field mine model_hash)
mv "$kept" "$work/kept"
expect 2 'is nowhere.*relink' -- q export mine -o "$work/none.onnx"
expect 2 'is another model' -- q relink mine "$work/picked.onnx"
expect 0 'moved.onnx: the model of [0-9]+ runs?; the store has a copy' -- q relink mine "$work/moved.onnx"
expect 0 'iteration 0' -- q export mine -o "$work/again.onnx"

# Paused, and gone on with; a paused run can be stopped.
# Long on a fast CPU, too: twenty seconds, of which none is waited for.
long=(--set engine.threads=1 --set maximal_drop=0 --set ranking_subset_size=2000 --set tune_hyperparams=true
  --set use_fast_bias=false --set correct_again=true)
l() { "$QUANTRAIL" --store "$work/long" "$@"; }
store=$work/long
l run "$demo" "${long[@]}" --detach >/dev/null || bad "start of a run to pause"
expect 0 'asked run 1 to pause' -- l pause 1
expect 0 'run 1 goes on' -- l resume 1 # taken back before it has taken effect
for _ in $(seq 100); do l resume 1 >"$work/out" 2>&1; [ $? = 75 ] && break; sleep 0.1; done
grep -q 'is running: its worker' "$work/out" || bad "a pause that was taken back: $(cat "$work/out")"
expect 0 'asked run 1 to pause' -- l pause 1
wait_for 1 paused
sleep 3 # the latest sign of life tells where it is
before=$(l show 1 --json | jq -r '.run.progress.done')
sleep 2
[ "$(l show 1 --json | jq -r '.run.progress.done')" = "$before" ] || bad "a paused run goes on"
expect 0 'run 1 goes on' -- l resume 1
wait_for 1 running
expect 0 'asked run 1 to pause' -- l pause 1
wait_for 1 paused
expect 2 'stop it first' -- l rm 1
expect 0 'asked run 1 to stop' -- l stop 1
wait_for 1 interrupted
expect 2 'no worker to pause' -- l pause 1

# The command of --notify runs where the run was started, also behind a worker without a terminal; what fails is told.
mkdir -p "$work/here"
printf '#!/bin/sh\necho "$QUANTRAIL_NAME $PWD" >>"$0.said"\n' >"$work/here/tell.sh"
chmod +x "$work/here/tell.sh"
(cd "$work/here" && "$QUANTRAIL" --store "$work/told" run "$demo" "${small[@]}" --set max_iter_num=0 --name told \
  --notify ./tell.sh --detach) >/dev/null || bad "start of a run that tells"
for _ in $(seq 300); do [ -s "$work/here/tell.sh.said" ] && break; sleep 0.1; done
[ "$(cat "$work/here/tell.sh.said")" = "told $(cd "$work/here" && pwd -P)" ] || bad "told: $(cat "$work/here/tell.sh.said")"
(cd "$work/here" && "$QUANTRAIL" --store "$work/told" run "$demo" "${small[@]}" --set max_iter_num=0 --name untold \
  --notify ./gone.sh) >/dev/null 2>&1
expect 0 'the command of --notify, run in .*/here, ended with 127' -- "$QUANTRAIL" --store "$work/told" show untold

# Queued: after another run, and one at a time; told when they end.
# What the worker's own environment says of these is another run's.
export QUANTRAIL_STORE=/nowhere/else QUANTRAIL_RUN=77 QUANTRAIL_STATE=foo
tell="test \"\$QUANTRAIL_STORE\" = '$work/long' && echo \$QUANTRAIL_RUN \$QUANTRAIL_STATE \$QUANTRAIL_OUTCOME >>'$work/ends'"
l run "$demo" "${long[@]}" --set seed=5 --name a --notify "$tell" --detach >/dev/null || bad "a"
l run "$demo" "${small[@]}" --name b --after a --notify "$tell" --detach >/dev/null || bad "b"
l run "$demo" "${small[@]}" --set seed=6 --name c --at-once 1 --notify "$tell" --detach >/dev/null || bad "c"
unset QUANTRAIL_STORE QUANTRAIL_RUN QUANTRAIL_STATE
[ "$(field b state) $(field c state)" = 'queued queued' ] || bad "b is $(field b state), c is $(field c state)"
for _ in $(seq 50); do l show b | grep -q 'queued: waiting for run 2 (a), which is' && break; sleep 0.1; done
l show b | grep -q 'queued: waiting for run 2 (a), which is' || bad "show of a queued run: $(l show b | head -n 1)"
expect 0 'asked run 2 to stop' -- l stop a
wait_for b done
wait_for c done
for _ in $(seq 100); do [ "$(wc -l <"$work/ends")" = 3 ] && break; sleep 0.1; done
[ "$(sed 's/ [a-z_]*met$/ met/; s/ $//' "$work/ends" | sort | paste -sd'|')" = '2 interrupted|3 done met|4 done met' ] || bad "told: $(paste -sd'|' "$work/ends")"
finish
