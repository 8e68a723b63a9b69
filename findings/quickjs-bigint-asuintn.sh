#!/bin/sh
# What QuickJS makes of 64-bit arithmetic, on which hashes and random number generators are built.
#
# Guess: BigInt.asUintN(64, x) is never negative.
# Seen: where the highest of the bits that are kept is set, the result is the negative number of
#   BigInt.asIntN, for 32 and 64 bits as for any other number of them: half of all 64-bit FNV-1a
#   hashes come out wrong. `x & 0xffffffffffffffffn` is right.
# Version: quickjs-emscripten 0.32.0 (its variant release-sync).
# Source: https://github.com/bellard/quickjs/issues/557; ECMA-262, BigInt.asUintN: the value modulo 2**bits.
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

const hashes = (asUint64) =>
  ['hello', 'world', 'foo', 'bar'].map((text) => {
    let hash = 0xcbf29ce484222325n;
    for (const letter of text) {
      hash = asUint64((hash ^ BigInt(letter.charCodeAt(0))) * 0x100000001b3n);
    }
    return hash.toString(16);
  });
const programs = {
  'asUintN(64, -1n)': 'String(BigInt.asUintN(64, -1n))',
  'asUintN(32, 2n ** 31n)': 'String(BigInt.asUintN(32, 2n ** 31n))',
  'asUintN(53, -1n)': 'String(BigInt.asUintN(53, -1n))',
  'FNV-1a by asUintN': `(${hashes})((x) => BigInt.asUintN(64, x)).join()`,
  'FNV-1a by &': `(${hashes})((x) => x & 0xffffffffffffffffn).join()`,
};
const context = (await newQuickJSWASMModuleFromVariant(variant)).newContext();
const inQuickJS = {};
for (const [name, program] of Object.entries(programs)) {
  inQuickJS[name] = context.dump(context.unwrapResult(context.evalCode(program)));
  console.log(`${name}\n  QuickJS  ${inQuickJS[name]}\n  V8       ${(0, eval)(program)}`);
}
assert.equal(inQuickJS['asUintN(64, -1n)'], '-1', 'changed: 64 bits');
assert.equal(inQuickJS['asUintN(32, 2n ** 31n)'], '-2147483648', 'changed: 32 bits');
assert.equal(inQuickJS['asUintN(53, -1n)'], '-1', 'changed: 53 bits');
assert.match(inQuickJS['FNV-1a by asUintN'], /-/, 'changed: hashes');
assert.equal(inQuickJS['FNV-1a by &'], (0, eval)(programs['FNV-1a by &']), 'changed: the mask');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
