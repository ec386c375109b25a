#!/usr/bin/env bash
# Usage: tools/race-packages.sh PACKAGE...
#
# Prints those of the packages that start goroutines or share something between them, in their code or in their tests:
# the ones in whose tests the race detector can find anything. Code without goroutines that runs in those of others is
# looked at in the tests of the others.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}

concurrent='^[[:space:]]*go (func|[[:alpha:]_])|\.Go\(|\.Parallel\(\)|"sync(/atomic)?"|httptest\.New'
format='{{$dir := .Dir}}{{.ImportPath}}{{range .GoFiles}}|{{$dir}}/{{.}}{{end}}{{range .TestGoFiles}}|{{$dir}}/{{.}}{{end}}{{range .XTestGoFiles}}|{{$dir}}/{{.}}{{end}}'
$GO list -f "$format" "$@" | while IFS='|' read -r -a line; do
  files=("${line[@]:1}")
  if [ ${#files[@]} -gt 0 ] && grep -qE "$concurrent" "${files[@]}"; then
    echo "${line[0]}"
  fi
done
