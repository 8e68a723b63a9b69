#!/bin/sh
# A default value that assigns to another parameter, in QuickJS.
#
# Guess: the parameter has the new value in the body of the function: (b, c = b++) => b gives 2 for 1.
# Seen: the body has the value that was passed. Parameters with defaults are in a scope of their own, whose
#   variables are copied into the body, and those that were passed as arguments are left out of it. A
#   parameter within a pattern is copied. Nothing is thrown: the number is silently the old one.
# Version: quickjs-emscripten 0.32.0 (QuickJS 2025-09-13); Node.js 24.21.0.
# Source: ECMA-262, FunctionDeclarationInstantiation, steps 27 and 28: the variables of the body begin with
#   the values that those of the parameters have.
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

const programs = {
  'an increment': '((b, c = b++) => b)(1)',
  'an assignment': 'function f(b, c = (b = 5)) { return b } f(1)',
  'in a pattern': 'function f(b, { c = b++ } = {}) { return b } f(1)',
  'of a parameter in a pattern': 'function f({ b }, c = b++) { return b } f({ b: 1 })',
};
const context = (await newQuickJSWASMModuleFromVariant(variant)).newContext();
const seen = Object.entries(programs).map(([name, program]) => ({
  name,
  quickjs: context.dump(context.unwrapResult(context.evalCode(program))),
  v8: (0, eval)(program),
}));
console.table(seen);
assert.deepEqual(seen.map(({ v8 }) => v8), [2, 5, 2, 2], 'changed: V8');
assert.deepEqual(seen.map(({ quickjs }) => quickjs), [1, 1, 1, 2], 'changed: QuickJS');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
