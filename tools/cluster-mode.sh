#!/usr/bin/env bash
# Usage: tools/cluster-mode.sh auto|yes|no
#
# Says whether tests run on a real Kubernetes: "yes", or "no: " and why not. auto is yes where one can run, which is
# tried: as root on Linux, with namespaces, control groups, and the Debian packages or apt-get to install them.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
yes) echo yes ;;
no) echo 'no: not asked for (CLUSTER=no)' ;;
auto)
  if [ "$(uname -s)" != Linux ]; then
    echo 'no: not on Linux'
  elif [ "$(id -u)" != 0 ]; then
    echo 'no: not run as root'
  else
    make --no-print-directory bin/cluster >&2
    if reason=$(bin/cluster check 2>&1); then
      echo yes
    else
      echo "no: ${reason#cluster: }"
    fi
  fi
  ;;
*)
  echo "CLUSTER is auto, yes or no, not '${1:-}'" >&2
  exit 2
  ;;
esac
