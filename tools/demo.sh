#!/usr/bin/env bash
# demo.sh RECORDING LISTEN opens the web console on a recorded attack, beside what the programs of this machine do now
# where the node sensor can run. It prints a link that signs in once, and ends with Ctrl-C, leaving nothing behind.
# Without a terminal, which nobody would read the link on, it scans the recording and ends.
#
# bin/lynceus must be built; CONSOLE=always opens the console without a terminal, too.
set -euo pipefail
recording=$1 listen=$2

if [ "${CONSOLE:-auto}" != always ] && ! { [ -t 1 ] && [ -t 2 ]; }; then
  exec bin/lynceus scan "$recording"
fi

# Started as root, the server gives that up: nobody must be able to read the recording and to reach the data directory.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
gzip -dc "$recording" >"$dir/demo.jsonl"
chmod 644 "$dir/demo.jsonl"

if [ "$(id -u)" != 0 ]; then
  echo 'Shown is the recorded day alone: what the programs of this machine do is seen as root (sudo make demo).' >&2
fi
trap : INT # Ctrl-C is for the server; the directory is removed after it
status=0
bin/lynceus up --data "$dir/data" --follow "$dir/demo.jsonl" --listen "$listen" || status=$?
[ "$status" = 130 ] || exit "$status"
