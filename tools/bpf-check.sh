#!/bin/sh
# Fails when compiling the sensor's programs for the kernel gives other bytes than those that are committed. The tree is
# left as it was.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r collect/sensor/bpf/. "$work"
"$work/build.sh"
for made in "$work"/*.o "$work"/objects.sha256; do
	cmp "$made" "collect/sensor/bpf/$(basename "$made")" || { echo 'run make bpf and commit what it writes' >&2; exit 1; }
done
echo 'the committed objects are what their sources compile to'
