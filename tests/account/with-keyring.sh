#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a program on a private session bus with a real, private Secret Service, and cleans up after it.
#
#   with-keyring.sh [--locked | --absent] [--home DIR] PROGRAM [ARGUMENT…]
#
# --locked: the service is there but nobody unlocked it. --absent: a bus without the service.
# --home DIR: keeps keyring and data in DIR, for a second run with the same secrets.
set -euo pipefail

mode=unlocked
home=
while [ $# -gt 0 ]; do
  case "$1" in
    --locked) mode=locked ;;
    --absent) mode=absent ;;
    --home) home=$2; shift ;;
    *) break ;;
  esac
  shift
done
if [ $# -eq 0 ]; then
  echo "usage: ${0##*/} [--locked | --absent] [--home DIR] PROGRAM [ARGUMENT…]" >&2
  exit 2
fi

inside=$(cat <<'INSIDE'
set -euo pipefail
daemon=
if [ "$ZQ_KEYRING_MODE" != absent ]; then
  if [ "$ZQ_KEYRING_MODE" = unlocked ]; then
    gnome-keyring-daemon --foreground --unlock --components=secrets < <(printf test) >/dev/null 2>"$XDG_RUNTIME_DIR/keyring.log" &
  else
    gnome-keyring-daemon --foreground --components=secrets </dev/null >/dev/null 2>"$XDG_RUNTIME_DIR/keyring.log" &
  fi
  daemon=$!
  gdbus wait --session --timeout 20 org.freedesktop.secrets
fi
result=0
"$@" || result=$?
if [ -n "$daemon" ]; then
  kill "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
fi
exit "$result"
INSIDE
)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=${home:-$scratch/home}
export XDG_RUNTIME_DIR=$scratch/run
export ZQ_KEYRING_MODE=$mode
unset XDG_DATA_HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_STATE_HOME DBUS_SESSION_BUS_ADDRESS
mkdir -p "$HOME/.local/share/keyrings" "$HOME/.cache" "$scratch/services"
mkdir -m 700 "$XDG_RUNTIME_DIR"

# A bus of our own: the session's activation files would bring a keyring where none shall be.
services='<standard_session_servicedirs/>'
if [ "$mode" = absent ]; then
  services="<servicedir>$scratch/services</servicedir>"
fi
cat >"$scratch/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=$scratch/run</listen>
  $services
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF

result=0
dbus-run-session --config-file "$scratch/bus.conf" -- bash -c "$inside" with-keyring "$@" || result=$?
exit "$result"
