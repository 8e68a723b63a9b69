#!/bin/sh
# What a module exports by an array pattern.
#
# Guess: `export const [first, ...rest] = list` exports first and rest, as an object pattern does.
# Seen: QuickJS evaluates the pattern and exports no name that stands in an array pattern itself,
#   without an error: an import of one is a SyntaxError of the importing module, a namespace lacks it.
#   Names of object patterns are exported, also of those within an array pattern.
# Version: quickjs-emscripten 0.32.0.
# Source: ECMA-262, BoundNames of BindingPattern, of which ExportedNames are made.
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
import { writeFileSync } from 'node:fs';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';

const patterns = {
  array: 'export const [first, ...rest] = [1, 2, 3]',
  object: 'export const { first, ...rest } = { first: 1, second: 2 }',
  nested: 'export const [{ first, ...rest }] = [{ first: 1, second: 2 }]',
};
const quickjs = await newQuickJSWASMModuleFromVariant(variant);
const names = {};
for (const [kind, source] of Object.entries(patterns)) {
  const context = quickjs.newContext();
  const namespace = context.unwrapResult(context.evalCode(source, `${kind}.js`, { type: 'module' }));
  names[kind] = Object.keys(context.dump(namespace)).sort().join();
  writeFileSync(`${kind}.mjs`, source);
  const inV8 = Object.keys(await import(`${process.cwd()}/${kind}.mjs`)).join();
  console.log(`${source}\n  QuickJS exports [${names[kind]}]   V8 exports [${inV8}]`);
  assert.equal(inV8, 'first,rest', 'changed: V8');
}
assert.equal(names.array, '', 'changed: an array pattern');
assert.equal(names.object, 'first,rest', 'changed: an object pattern');
assert.equal(names.nested, 'first,rest', 'changed: an object pattern within an array pattern');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
