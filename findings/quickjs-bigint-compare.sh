#!/bin/sh
# A negative BigInt beside a negative Number that is no integer, in QuickJS.
#
# Guess: BigInts and Numbers compare by their mathematical values: -574n < -1.5.
# Seen: the answer is inverted where both are negative and their binary exponents differ: -574n < -1.5 is
#   false, -1n > -574.5 is false. Positive numbers compare right, and so do negative ones of equal
#   exponents; where the Number is an integer only large ones are wrong. Lists of both sort wrongly,
#   without an error.
# Version: quickjs-emscripten 0.32.0 (QuickJS 2025-09-13); Node.js 24.21.0.
# Source: ECMA-262, IsLessThan, step 4.l: the values compare as real numbers.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 quickjs-emscripten-core@0.32.0 @jitl/quickjs-wasmfile-release-sync@0.32.0'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';

const expected = {
  '-574n < -1.5': false,
  '-1n > -574.5': false,
  '-574n < -574.5': false,
  '-574n < -5': true,
  '-574n < -1e300': true,
  '574n > 1.5': true,
  '-574n < 1.5': true,
};
const context = (await newQuickJSWASMModuleFromVariant(variant)).newContext();
const seen = Object.keys(expected).map((program) => ({
  program,
  quickjs: context.dump(context.unwrapResult(context.evalCode(program))),
  v8: (0, eval)(program),
}));
console.table(seen);
for (const { program, quickjs } of seen) assert.equal(quickjs, expected[program], `changed: ${program}`);
assert.deepEqual(seen.map(({ v8 }) => v8), [true, true, false, true, false, true, true], 'changed: V8');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
