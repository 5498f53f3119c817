#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a program on a private session bus and a private virtual display with a window manager.
#
#   with-display.sh [--size WxH] PROGRAM [ARGUMENT…]
set -euo pipefail

size=1366x768
if [ "${1:-}" = --size ]; then
  size=$2
  shift 2
fi
[ $# -gt 0 ] || { echo "usage: ${0##*/} [--size WxH] PROGRAM [ARGUMENT…]" >&2; exit 2; }
for tool in xvfb-run openbox dbus-run-session; do
  command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is not installed"; exit 0; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -m 700 "$scratch/run"
mkdir "$scratch/home"
export HOME=$scratch/home XDG_RUNTIME_DIR=$scratch/run
unset XDG_DATA_HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_STATE_HOME DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY
export GTK_A11Y=${GTK_A11Y:-test} GSK_RENDERER=cairo GDK_BACKEND=x11
export GSETTINGS_BACKEND=memory GIO_USE_VFS=local LC_ALL=C.UTF-8 LANGUAGE=

inside='openbox >/dev/null 2>&1 &
wm=$!
result=0
"$@" || result=$?
kill "$wm" 2>/dev/null || true
wait "$wm" 2>/dev/null || true
exit "$result"'

result=0
dbus-run-session -- xvfb-run -a -s "-screen 0 ${size}x24 -nolisten tcp" \
  bash -c "$inside" with-display "$@" 2>"$scratch/errors" || result=$?
grep -v 'Failed to set fd limit' "$scratch/errors" >&2 || true
exit "$result"
