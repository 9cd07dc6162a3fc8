#!/usr/bin/env bash
# The screens in a real terminal (tmux), by keyboard alone: three stories that people live through, sizes, charsets, and
# terminals that go away or cannot show screens.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || { say "tmux is not installed: skipped"; exit 77; }
store=$work/store
socket=quantrail-test-$$  # each start has a server of its own: a dying one would swallow the next
starts=0
mux() { tmux -L "$socket" -f /dev/null "$@"; }
trap 'mux kill-server 2>/dev/null; rm -rf "$work"' EXIT
q() { "$QUANTRAIL" --store "$store" "$@"; }
screen() { mux capture-pane -p -t t 2>/dev/null; }
sees() { # PATTERN: waits for it, never for a time
  for _ in $(seq 300); do
    screen | grep -qE -- "$1" && return
    sleep 0.1
  done
  bad "never saw \"$1\" in:"
  screen | sed 's/^/    /'
}
keys() { mux send-keys -t t "$@"; }
text() { mux send-keys -t t -l "$1"; }
start() { # COLUMNS ROWS LOCALE
  starts=$((starts + 1)) socket=quantrail-test-$$-$starts
  mux new-session -d -x "$1" -y "$2" -s t "cd '$work'; LC_ALL=$3 TERM=screen-256color '$QUANTRAIL' --store '$store'; echo left with \$?; sleep 100"
}
sure() { sleep 0.4; keys "$1"; } # questions are deaf for a moment, for keys that were meant for something else
state() { q show "$1" --json | jq -r .run.state; }

sed -e "s#\"\.\./demo/#\"$SOURCE/demo/#" -e 's#"maximal_drop": 0.01#"maximal_drop": 0, "max_iter_num": 1#' -e 's#"ranking_subset_size": 300#"ranking_subset_size": 2000#' \
  -e 's#"metrics": \[#"threads": 1, "metrics": [#' "$SOURCE/configs/demo.json" >"$work/c.json"

# Story 1: a new run from the form, with a mistake on the way; the line is cut; it went on.
start 80 24 C.UTF-8
sees 'No runs yet'
keys n
sees 'NEW RUN'
sees 'errors'
keys C-u
text "$work/nothing.json"
keys Tab
sees 'nothing\.json'
keys Up C-u
text "$work/c.js"
sees '/c\.js +\]' # all of it, or the name below would be the one for its beginning
sees 'Tab: c\.json'
keys Tab Tab
sees 'NEW RUN .*ready'
text 'first'
sees '--name first'
keys F10
sees 'RUN [0-9]+ first'
sees 'running'
mux kill-server
[ "$(state first)" = running ] || bad "the run is $(state first) once the line was cut"
start 80 24 C.UTF-8
sees '1 +first +running'

# Story 2: stopped by hand, then killed: one key goes on each time.
keys X
sees 'stop run 1'
sure X
sees 'left as it was'
keys X
sees 'stop run 1'
sure y
sees 'first +interrupted'
keys r
sees 'first +(running|done)'
worker=$(q show first --json | jq -r '.run.attempts[-1].pid')
kill -9 "$worker" 2>/dev/null
sees 'first +(interrupted|done)'
keys r
sees 'first +done, not met'
[ "$(q show first --json | jq '.iterations | length')" = 2 ] || bad "iterations were lost"

# Every page of the run, and what one can do with it.
keys Enter
sees 'Iterations 2'
keys 2
sees 'with that layer back in float'
keys i n
sees 'changed .*ignored layers'
keys Escape
sees 'throws away'
keys Escape
sees 'with that layer back'
keys 3
sees 'iteration 0: quantized'
keys w
sees 'printed by its workers'
keys 4 u
sees 'maximal_drop +0.0 +file'
keys 5 Home e
sees 'EXPORT  run 1'
keys C-u
text "$work/it0.onnx"
sees 'EXPORT .*ready'
keys F10
sees 'iteration 0 of run 1'
[ "$(sha256sum <"$work/it0.onnx" | cut -d' ' -f1)" = "$(q show 1 --json | jq -r '.iterations[0].snapshot_hash')" ] ||
  bad "the exported file is not what was recorded"
# What was not exported here is replaced where that is asked for.
echo mine >"$work/mine.onnx"
keys e
sees 'EXPORT  run 1'
keys C-u
text "$work/mine.onnx"
sees 'exported here; --force replaces it'
screen | grep -q 'will be replaced' && bad "what is refused is said to be done"
keys Down Down Down Down Space
sees 'EXPORT .*ready'
keys F10
sees 'mine.onnx: iteration 0 of run 1'
keys q
sees 'RUNS 1'
# A name that is refused is not lost.
keys w C-u
text latest
keys Enter
sees 'what was typed'
keys w Up
sees 'latest'
keys Escape
keys m
text 'a note'
keys Enter
sees 'noted'
[ "$(q note first)" = 'a note' ] || bad "the note is $(q note first)"

# Story 3: three runs compared, a point of the front picked and exported, and the file is what was recorded.
q run "$work/c.json" --name second --set preset=mixed >/dev/null 2>&1
q run "$work/c.json" --name third --set equalization=true >/dev/null 2>&1
sees 'RUNS 3'
keys Home Space Space Space c
sees 'COMPARE 3 runs'
sees 'preset .*mixed'
keys 2
sees 'metric of accepted iterations'
keys 4
sees 'A [0-9]'
keys 3
sees 'on the front'
keys Right e
sees 'EXPORT  run'
picked=$(screen | grep -oE '\[[0-9]+@[0-9]+' | tr -d '[')
keys C-u
text "$work/picked.onnx"
sees 'EXPORT .*ready'
keys F10
sees 'picked\.onnx: iteration'
recorded=$(q show "${picked%@*}" --json | jq ".iterations[${picked#*@}].metrics[\"accuracy@top1\"]")
measured=$(q evaluate "$work/c.json" --model "$work/picked.onnx" --json | jq '.metrics["accuracy@top1"]')
[ -n "$recorded" ] && [ "$(jq -n "($recorded - $measured) | fabs < 0.0011")" = true ] ||
  bad "$picked was recorded with $recorded, its file has $measured"
keys q
sees 'RUNS 3'

# Filters, the palette, the trash, and what commands print.
keys /
text 'name:sec*'
sees 'RUNS 1 of 3'
keys Enter '\'
sees 'RUNS 3'
keys :
text 'tag . night'
keys Enter
sees 'tagged night'
keys Home d
sees 'into the trash\?'
sure y
sees 'RUNS 2'
keys u
sees 'RUNS 3'
keys :
text 'show third'
keys Enter
sees 'quantrail show'
keys q !
sees 'STORE AND HEALTH'
sees 'none at work'
keys q

# Sizes: smaller than useful, tiny, and back.
mux resize-window -t t -x 30 -y 6
sees 'too small'
mux resize-window -t t -x 5 -y 2
mux resize-window -t t -x 120 -y 40
sees 'RUNS 3'
keys '?'
sees 'keys and commands'
keys q q
sees 'left with 0'
mux kill-server

# Without UTF-8 nothing but ASCII is painted.
q rename second 'häßlich' >/dev/null
start 80 24 C
sees 'RUNS 3'
screen | grep -qP '[^\x00-\x7F]' && bad "other than ASCII in the C locale"
sees 'h\?\?lich'
keys q
sees 'left with 0'
mux kill-server

# A run that another program removes says so on its page, and can come back.
start 80 24 C.UTF-8
sees 'RUNS 3'
keys Home Enter
sees 'RUN 3 third .*done'
q rm third >/dev/null
sees 'RUN 3 third +in the trash'
screen | grep -q 'e export' && bad "a run in the trash is offered for export"
q undo >/dev/null
sees 'RUN 3 third .*done'
q backup "$work/whole" >/dev/null && q rm third >/dev/null && q gc trash >/dev/null
sees 'RUN 3 third +deleted'
screen | grep -q 'there is no run' && bad "what the title says is said twice"
mux kill-server
store=$work/whole

# The terminal goes away: the screens end, no process stays behind.
start 80 24 C.UTF-8
sees 'RUNS 3'
mux kill-server
for _ in $(seq 50); do
  pgrep -f "$QUANTRAIL --store $store" >/dev/null || break
  sleep 0.1
done
pgrep -f "$QUANTRAIL --store $store" >/dev/null && bad "a process outlived its terminal"

# Tables are no wider than the terminal; for a pipe they are whole.
wide=$(script -qec "stty cols 80; '$QUANTRAIL' --store '$store' list" /dev/null | tr -d '\r' | LC_ALL=C.UTF-8 awk 'length($0) > 80')
[ -z "$wide" ] || bad "wider than 80 columns: $wide"
q list | LC_ALL=C.UTF-8 awk 'length($0) > 80' | grep -q . || bad "a pipe gets only what fits a terminal"

# No terminal, or one that cannot show screens: the same as text.
expect 0 'third' -- q tui
expect 0 'third' -- script -qec "TERM=dumb '$QUANTRAIL' --store '$store'" /dev/null
finish
