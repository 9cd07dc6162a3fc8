#!/usr/bin/env bash
# Where systemd ends a user's processes at logout, a detached worker is started outside of the session. Stand-ins for
# systemd's commands say so, and write down what they are asked.
. "$(dirname "$0")/lib.sh"
mapfile -t small < <(small_demo)
demo=$SOURCE/configs/demo.json
bin=$work/bin
mkdir "$bin"
cat >"$bin/busctl" <<'FAKE'
#!/bin/sh
for last; do :; done
case $last in
  KillUserProcesses) echo "b ${KILLS:-true}" ;;
  KillExcludeUsers) echo "as ${EXCLUDED:-0}" ;;
  KillOnlyUsers) echo "as 0" ;;
esac
FAKE
cat >"$bin/systemctl" <<'FAKE'
#!/bin/sh
echo "${MANAGER:-running}"
FAKE
cat >"$bin/loginctl" <<'FAKE'
#!/bin/sh
echo "Linger=${LINGER:-no}"
FAKE
cat >"$bin/systemd-run" <<'FAKE'
#!/bin/sh
[ "$1" != --version ] || exit 0
echo "$*" >>"$ASKED"
log=/dev/null
while [ "$1" != -- ]; do
  case $1 in --property=StandardOutput=append:*) log=${1#*append:} ;; esac
  shift
done
shift
setsid "$@" >>"$log" 2>&1 </dev/null &
FAKE
chmod +x "$bin"/*
export ASKED=$work/asked PATH=$bin:$PATH XDG_SESSION_ID=7
q() { "$QUANTRAIL" --store "$work/store" "$@"; }
ended() {
  q watch latest >/dev/null 2>&1
  [ "$(q show latest --json | jq -r .run.state)" = done ] || bad "$1: the run is not done"
}
start() { # WHAT PATTERN, and variables before it
  : >"$ASKED"
  q run "$demo" "${small[@]}" --set max_iter_num=0 --detach >"$work/out" 2>&1 || bad "$1: $(cat "$work/out")"
  grep -qE "$2" "$work/out" || bad "$1: $(cat "$work/out")"
  ended "$1"
}
start "killed at logout" 'enable-linger'
grep -qE -- '--user .*--unit=quantrail-[0-9a-f]{16} .*append:.*\.log .*-- /.*quantrail --store .* worker 1' "$ASKED" || bad "systemd-run was asked: $(cat "$ASKED")"
LINGER=yes start "with lingering" '^run 2'
grep -q linger "$work/out" && bad "a warning that is not needed"
MANAGER=offline start "without a manager" 'stay logged in'
[ ! -s "$ASKED" ] || bad "systemd-run was asked without a manager"
KILLS=false start "not killed" '^run 4'
EXCLUDED="1 \"$(id -un)\"" start "excluded" '^run 5'
[ ! -s "$ASKED" ] || bad "systemd-run was asked where nothing is killed"
XDG_SESSION_ID='' start "outside of a session" '^run 6'
[ ! -s "$ASKED" ] || bad "systemd-run was asked outside of a session"
finish
