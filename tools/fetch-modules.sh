#!/usr/bin/env bash
# Usage: tools/fetch-modules.sh
#
# Downloads the modules that building and testing on this machine need, and tries each thrice, because networks have
# hiccups and the go command gives up at the first one. Those of Kubernetes are left to make cluster-prepare.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}

fetch() {
  local dir=$1
  shift
  for pause in 5 20 0; do
    if $GO list -C "$dir" -deps "$@" >/dev/null; then
      return 0
    fi
    [ "$pause" = 0 ] || echo "fetch-modules: once more in $pause s" >&2
    sleep "$pause"
  done
  echo "fetch-modules: the modules of $dir could not be downloaded" >&2
  return 1
}

fetch . -test ./...
fetch tools tool
for mod in test/*/go.mod; do
  fetch "$(dirname "$mod")" -test ./...
done
