#!/usr/bin/env bash
# Usage: tools/go-test.sh DIR FLAG... -- PACKAGE...
#
# Runs go test with the flags on the packages of the module in DIR. Where UNSTEADY names a file, a test that fails is run
# again by itself, twice at most, on a machine that does much else meanwhile; one that passes then does not fail the run,
# and is written to that file. More than five failures, a data race, a panic and a package that does not build are not tried again.
set -euo pipefail
tools=$(cd "$(dirname "$0")/.." && pwd)/bin/tools
GO=${GO:-go}

dir=$1
shift
flags=() format=standard-quiet
while [ "$1" != -- ]; do
  [ "$1" != -v ] || format=standard-verbose
  flags+=("$1")
  shift
done
shift
cd "$dir"
if [ -z "${UNSTEADY:-}" ]; then
  exec "$GO" test "${flags[@]}" "$@"
fi

report=$(mktemp)
trap 'rm -f "$report"' EXIT
"$tools/gotestsum" --format "$format" --hide-summary=skipped --rerun-fails=2 --rerun-fails-max-failures=5 \
  --rerun-fails-run-root-test --rerun-fails-abort-on-data-race --rerun-fails-report "$report" \
  --packages "$*" -- "${flags[@]}"
# Reached only when all is well: who is in the report passed the second time.
grep . "$report" >>"$UNSTEADY" || true
