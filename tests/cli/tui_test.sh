#!/usr/bin/env bash
# The screens in a real terminal (tmux): start a run, stop it, resume it, export an iteration, resize, lose the terminal.
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
  for _ in $(seq 150); do
    screen | grep -qE -- "$1" && return
    sleep 0.1
  done
  bad "never saw \"$1\" in:"
  screen | sed 's/^/    /'
}
keys() { mux send-keys -t t "$@"; }
start() { # COLUMNS ROWS LOCALE
  starts=$((starts + 1)) socket=quantrail-test-$$-$starts
  mux new-session -d -x "$1" -y "$2" -s t "LC_ALL=$3 TERM=screen-256color '$QUANTRAIL' --store '$store'; echo left with \$?; sleep 100"
}

sed -e "s#\"\.\./demo/#\"$SOURCE/demo/#" -e 's#"maximal_drop": 0.01#"maximal_drop": 0, "max_iter_num": 1#' -e 's#"ranking_subset_size": 300#"ranking_subset_size": 2000#' \
  -e 's#"metrics": \[#"threads": 1, "metrics": [#' "$SOURCE/configs/demo.json" >"$work/c.json"

start 80 24 C.UTF-8
sees 'No runs yet'
keys n
sees 'configuration file: _'
keys -l "$work/nothing.json"
keys Enter
sees 'nothing\.json'
keys n
sees 'configuration file: _'
keys -l "$work/c.json"
keys Enter
sees '1 +shapes +(running|queued)'
keys Enter
sees 'RUN 1 shapes'
keys X
sees 'stop run 1\?'
keys X
sees 'not stopped'
keys X
sees 'stop run 1\?'
keys y
sees 'interrupted'
keys q
sees 'RUNS 1 +interrupted 1'
keys r
sees 'shapes +(running|done)'
keys Enter
sees 'Iterations'
sees 'done, not met'
keys Tab
sees 'Ranking of 24 layers'
keys Tab
sees 'Log'
keys Tab
keys Home
sees '> +0 +all layers int8'
keys e
sees 'export run 1 it0 to'
for _ in $(seq 20); do keys BSpace; done
keys -l "$work/it0.onnx"
keys Enter
sees 'iteration 0 of run 1'
[ "$(sha256sum <"$work/it0.onnx" | cut -d' ' -f1)" = "$(q show 1 --json | jq -r '.iterations[0].snapshot_hash')" ] ||
  bad "the exported file is not what was recorded"

# Sizes: smaller than useful, tiny, and back.
mux resize-window -t t -x 30 -y 6
sees 'too small'
mux resize-window -t t -x 5 -y 2
mux resize-window -t t -x 120 -y 40
sees 'accuracy@top1'
keys '?'
sees 'HELP'
keys q
keys q
sees 'RUNS 1'
keys q
sees 'left with 0'
mux kill-server

# Without UTF-8 nothing but ASCII is painted.
start 80 24 C
sees 'RUNS 1'
screen | grep -qP '[^\x00-\x7F]' && bad "other than ASCII in the C locale"
keys q
sees 'left with 0'
mux kill-server

# The terminal goes away: the screens end, no process stays behind.
start 80 24 C.UTF-8
sees 'RUNS 1'
mux kill-server
for _ in $(seq 50); do
  pgrep -f "$QUANTRAIL --store $store" >/dev/null || break
  sleep 0.1
done
pgrep -f "$QUANTRAIL --store $store" >/dev/null && bad "a process outlived its terminal"

# No terminal, or one that cannot show screens.
expect 2 'terminal' -- q tui
expect 2 'TERM' -- script -qec "TERM=dumb '$QUANTRAIL' --store '$store'" /dev/null
finish
