#!/bin/sh
# When a resource that the head of a `for` loop declares is disposed of.
#
# Guess: `for (using r = open(); …; …)` disposes of it once, when the loop has ended, as `const` in that
#   place is one variable; a loop of three rounds works with a resource that is open.
# Seen: where a closure captures any variable of the head (a function in the initializer, the condition
#   or the body will do), the resource is disposed of at the end of each round, and again: the second round
#   works with one that is closed. Without a closure it is disposed of once.
# Version: Node.js 24.21.0 (V8 13.6).
# Source: ECMAScript Explicit Resource Management, ForLoopEvaluation: DisposeResources of the loop's own
#   environment, once; only `let` has copies for each iteration (CreatePerIterationEnvironment).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund --allow-scripts=node node@24.21.0 > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund node@24.21.0 > /dev/null
cat > loop.mjs <<'JS'
let log = [];
const open = () => ({ [Symbol.dispose]: () => void log.push('closed') });
const shown = (what) => {
  console.log(what.padEnd(22), log.join(' '));
  log = [];
};
let round = 0;
for (using r = open(); round < 3; round++) log.push(round);
shown('no closure:');
round = 0;
for (using r = open(); round < 3; round++) {
  log.push(round);
  (() => r)();
}
shown('closure in the body:');
round = 0;
for (const r = open(); round < 3; round++) {
  log.push(round);
  (() => r)();
}
shown('const, and a closure:');
JS
output=$(node_modules/.bin/node loop.mjs)
echo "node $(node_modules/.bin/node --version), V8 $(node_modules/.bin/node -p process.versions.v8)"
echo "$output"
[ "$(echo "$output" | sed -n 1p)" = 'no closure:            0 1 2 closed' ] || { echo 'changed: without a closure'; exit 1; }
echo "$output" | sed -n 2p | grep -q '^closure in the body:   0 closed 1 closed' || { echo 'changed: with a closure'; exit 1; }
echo 'as seen'
