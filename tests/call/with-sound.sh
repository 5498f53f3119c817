#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a program beside a private sound server without hardware: two speakers that nobody hears (left, right) and a
# microphone for each that hears what it plays (ear-left, ear-right).
#
#   with-sound.sh PROGRAM [ARGUMENT…]
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: ${0##*/} PROGRAM [ARGUMENT…]" >&2; exit 2; }
for tool in pulseaudio pactl; do
  command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is not installed"; exit 0; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -m 700 "$scratch/run" "$scratch/run/pulse"
mkdir "$scratch/home"
export HOME=$scratch/home XDG_RUNTIME_DIR=$scratch/run PULSE_RUNTIME_PATH=$scratch/run/pulse
export PULSE_SERVER=unix:$scratch/run/pulse/native
unset XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME PULSE_COOKIE DBUS_SESSION_BUS_ADDRESS

sink() { echo "module-null-sink sink_name=$1 rate=48000 sink_properties=device.description=$1"; }
ear() { echo "module-remap-source source_name=ear-$1 master=$1.monitor source_properties=device.description=ear-$1"; }
# It returns when it can be talked to.
pulseaudio --daemonize=yes -n --exit-idle-time=-1 --use-pid-file=yes --log-target="file:$scratch/log" \
  -L "module-native-protocol-unix auth-anonymous=1" -L "$(sink left)" -L "$(sink right)" \
  -L "$(ear left)" -L "$(ear right)"
pactl set-default-sink left
pactl set-default-source ear-left

result=0
"$@" || result=$?
pulseaudio --kill || true
exit "$result"
