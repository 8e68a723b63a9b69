#!/bin/sh
# What it costs to grow a WebAssembly memory in a process with a small heap.
#
# Guess: memory.grow maps pages; V8's heap, and --max-old-space-size, have nothing to do with it, as the
#   limit does not hold linear memories.
# Seen: once the memory is larger than a part of the heap's limit, each growth is a full garbage
#   collection: of 500 steps of 512 KiB some 440 collect with --max-old-space-size=64, and some 60 with
#   1024 or 4096. A program that grows by page (a C heap does) becomes several times slower
#   in a process that was given a small heap to be safe.
# Version: Node.js 24.21.0 (V8 13.6), Linux x64.
# Source: node --trace-gc; V8 counts linear memories as external memory.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
const memory = new WebAssembly.Memory({ initial: 1, maximum: 8192 });
for (let step = 0; step < 500; step++) memory.grow(8);
JS
node=node_modules/.bin/node
collections() { "$node" "$@" --trace-gc show.mjs | grep -c Mark-Compact; }
small=$(collections --max-old-space-size=64)
medium=$(collections --max-old-space-size=1024)
large=$(collections --max-old-space-size=4096)
cat <<TEXT
V8 $("$node" -p process.versions.v8)
500 growths by 512 KiB, full garbage collections:
--max-old-space-size=64    $small
--max-old-space-size=1024  $medium
--max-old-space-size=4096  $large
TEXT
[ "$small" -gt 300 ] || { echo 'changed: a small heap'; exit 1; }
[ "$large" -lt 120 ] && [ "$large" -lt $((small / 3)) ] || { echo 'changed: a large heap'; exit 1; }
echo 'as seen'
