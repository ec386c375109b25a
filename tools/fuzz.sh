#!/usr/bin/env bash
# Usage: tools/fuzz.sh TOTAL
#
# Runs every fuzz target of the module, one after the other, sharing TOTAL seconds ("300s" or "300") evenly among them.
# Compiling is not counted. All targets run even when one fails; then the failing inputs are named and the exit code
# is 1. A failing input is kept by go test below the package's testdata/fuzz: commit it with the mend.
#
# FUZZ_WALL is after how many seconds, compiling and all, no further target is started; each commit begins with another
# one. FUZZ_FOUND names a file: what is found is written there, with its input, and is no failure. What fails by chance says
# nothing of the change at hand; the inputs that are committed are tried by every go test.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}

total=${1:-300s}
total=${total%s}
[[ $total =~ ^[1-9][0-9]*$ ]] || { echo "fuzz: TOTAL is a number of seconds, such as 300s; got ${1:-}" >&2; exit 2; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The targets are read from the files that would be built: go test -list compiles and links every test first.
format='{{$dir := .Dir}}{{.ImportPath}}{{range .TestGoFiles}}|{{$dir}}/{{.}}{{end}}{{range .XTestGoFiles}}|{{$dir}}/{{.}}{{end}}'
$GO list -f "$format" ./... >"$log" || { echo "fuzz: listing the packages failed" >&2; exit 1; }
targets=()
while IFS='|' read -r -a line; do
  files=("${line[@]:1}")
  [ ${#files[@]} -gt 0 ] || continue
  while read -r name; do
    targets+=("${line[0]} $name")
  done < <(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "${files[@]}")
done <"$log"
count=${#targets[@]}
[ "$count" -gt 0 ] || { echo "fuzz: no fuzz target in the module"; exit 0; }
each=$((total / count))
[ "$each" -ge 1 ] || each=1
first=0
if [ -n "${FUZZ_WALL:-}" ]; then
  first=$(($(git rev-list --count HEAD 2>/dev/null || echo 0) * 29 % count))
  targets=("${targets[@]:first}" "${targets[@]:0:first}")
fi
echo "fuzz: $count targets, ${each}s each"

failed=()
tried=0
for target in "${targets[@]}"; do
  [ "$SECONDS" -lt "${FUZZ_WALL:-999999}" ] || break
  tried=$((tried + 1))
  read -r package name <<<"$target"
  if $GO test -run '^$' -fuzz "^$name\$" -fuzztime "${each}s" -fuzzminimizetime 100x "$package" >"$log" 2>&1 </dev/null; then
    printf 'ok    %s %s: %s\n' "$package" "$name" "$(grep '^fuzz: elapsed' "$log" | tail -n 1 | sed 's/^fuzz: //')"
    continue
  fi
  # When the time is up while a worker is busy, Go reports the deadline itself as the failure. No input is at fault.
  if grep -q 'context deadline exceeded' "$log" && ! grep -qE 'Failing input written to|fuzzing process hung|panic:' "$log"; then
    printf 'ok    %s %s: time was up inside a run\n' "$package" "$name"
    continue
  fi
  cat "$log"
  input=$(sed -n 's/^ *Failing input written to //p' "$log" | tail -n 1)
  failed+=("$package $name${input:+: failing input $($GO list -f '{{.Dir}}' "$package")/$input}")
done

[ "$tried" = "$count" ] || echo "fuzz: $tried of $count targets within ${FUZZ_WALL}s, from ${targets[0]} on"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'FAIL  %s\n' "${failed[@]}" >&2
  if [ -n "${FUZZ_FOUND:-}" ]; then
    printf '%s\n' "${failed[@]}" >>"$FUZZ_FOUND"
    for found in "${failed[@]}"; do
      input=${found#*failing input }
      [ ! -f "$input" ] || sed 's/^/    /' "$input" | cut -c1-2000 >>"$FUZZ_FOUND"
    done
    exit 0
  fi
  exit 1
fi
