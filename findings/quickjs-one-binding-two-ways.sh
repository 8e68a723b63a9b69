#!/bin/sh
# A library's entry that leads to one and the same binding in two ways.
#
# Guess: `export *` of two modules that hand on the same binding exports it, as ECMAScript says and
#   bundlers rely on: `import { x } from …; export { x }` is the same as `export { x } from …`.
# Seen: QuickJS takes the former for a binding of its own. An import of the name is a SyntaxError
#   that calls it ambiguous; a namespace has no such name, and nothing says so.
# Version: quickjs-emscripten 0.32.0.
# Source: ECMA-262, ParseModule (step on importedBoundNames); https://github.com/quickjs-ng/quickjs/pull/1648
#   for the fork quickjs-ng.
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
import { mkdirSync, writeFileSync } from 'node:fs';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';

const modules = {
  'core.js': 'export const x = 1;',
  'named.js': "import { x } from './core.js'; export { x };",
  'direct.js': "export { x } from './core.js';",
  'entry.js': "export * from './named.js'; export * from './direct.js';",
  'byName.js': "import { x } from './entry.js'; export const seen = x;",
  'bySpace.js': "import * as all from './entry.js'; export const seen = Object.keys(all).join();",
};
const quickjs = await newQuickJSWASMModuleFromVariant(variant);
function inQuickJS(name) {
  const runtime = quickjs.newRuntime();
  runtime.setModuleLoader((path) => modules[path.replace('./', '')]);
  const context = runtime.newContext();
  const result = context.evalCode(modules[name], name, { type: 'module' });
  if (result.error) return context.dump(result.error).message;
  const seen = context.getProp(result.value, 'seen');
  return context.dump(seen);
}
mkdirSync('modules');
for (const [name, source] of Object.entries(modules)) writeFileSync(`modules/${name}`, source);
const inNode = async (name) => (await import(`${process.cwd()}/modules/${name}`)).seen;

const byName = inQuickJS('byName.js');
const bySpace = inQuickJS('bySpace.js');
console.log(`import { x }     QuickJS: ${byName}   V8: ${await inNode('byName.js')}`);
console.log(`import * as all  QuickJS: [${bySpace}]   V8: [${await inNode('bySpace.js')}]`);
assert.match(String(byName), /ambiguous/, 'changed: an import by name');
assert.equal(bySpace, '', 'changed: the namespace');
assert.deepEqual([await inNode('byName.js'), await inNode('bySpace.js')], [1, 'x'], 'changed: V8');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
