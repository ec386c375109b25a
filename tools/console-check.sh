#!/bin/sh
# Fails when building the web console gives other files than those that are committed. The tree is left as it was.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/api" "$work/console"
cp api/openapi.yaml "$work/api"
rm -rf "$work/console/web"
tar -c --exclude node_modules -C console web | tar -x -C "$work/console"
npm ci --prefix "$work/console/web" --ignore-scripts --no-audit --no-fund --fetch-retries 5
npm run --prefix "$work/console/web" types
cmp "$work/console/web/src/api/schema.d.ts" console/web/src/api/schema.d.ts || { echo 'the types are not those of api/openapi.yaml: run make console and commit what it writes' >&2; exit 1; }
npm run --prefix "$work/console/web" check
npm run --prefix "$work/console/web" build
diff -r "$work/console/dist" console/dist || { echo 'console/dist is not what console/web builds: run make console and commit what it writes' >&2; exit 1; }
echo 'the committed console is what its sources build to'
