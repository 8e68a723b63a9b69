#!/bin/sh
# When an import that may suspend (WebAssembly.Suspending) can be called.
#
# Guess: one that has its answer at once, a plain number, need not suspend, and works from anywhere;
#   and what waits works wherever a promising call is at the bottom of the stack.
# Seen: where no promising call is there, a plain number is a SuspendError, too. And a JavaScript
#   function anywhere between the two, even one that bind() has made of the very same export, makes
#   it a SuspendError ("trying to suspend JS frames"), whereas the export itself, passed on from
#   one instance to another, lets the call pass. So wrapping exports for logs or types breaks a program.
# Version: Node.js 24.21.0 (V8 13.6).
# Source: https://github.com/WebAssembly/js-promise-integration
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
import assert from 'node:assert';

// (module (import "host" "wait" (func (result i32))) (import "host" "other" (func (result i32)))
//   (func (export "wait") (result i32) (call 0)) (func (export "other") (result i32) (call 1)))
const text = (name) => [name.length, ...Buffer.from(name)];
const module = new WebAssembly.Module(Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 5, 1, 0x60, 0, 1, 0x7f,
  2, 26, 2, ...text('host'), ...text('wait'), 0, 0, ...text('host'), ...text('other'), 0, 0,
  3, 3, 2, 0, 0,
  7, 16, 2, ...text('wait'), 0, 2, ...text('other'), 0, 3,
  10, 11, 2, 4, 0, 0x10, 0, 0x0b, 4, 0, 0x10, 1, 0x0b));
const zero = () => 0;
const link = (wait, other = zero) =>
  new WebAssembly.Instance(module, { host: { wait, other } }).exports;
const outcome = async (call) => {
  try {
    return await call();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
const { promising, Suspending } = WebAssembly;
const atOnce = link(new Suspending(() => 7));
const later = link(new Suspending(async () => 7));
const chain = (waits) => promising(link(zero, waits).other);
const seen = {
  'plain call, plain number': await outcome(atOnce.wait),
  'promising call, plain number': await outcome(promising(atOnce.wait)),
  'promising call, promise': await outcome(promising(later.wait)),
  'through another instance': await outcome(chain(later.wait)),
  'through another instance, bound': await outcome(chain(later.wait.bind(null))),
  'through JavaScript, plain number': await outcome(chain(() => atOnce.wait())),
};
console.log(`V8 ${process.versions.v8}`);
for (const [call, came] of Object.entries(seen)) console.log(`${call.padEnd(34)} ${came}`);
assert.match(String(seen['plain call, plain number']), /^SuspendError/, 'changed: a plain number');
assert.equal(seen['promising call, plain number'], 7, 'changed: a plain number');
assert.equal(seen['promising call, promise'], 7, 'changed: a promise');
assert.equal(seen['through another instance'], 7, 'changed: between instances');
for (const call of ['through another instance, bound', 'through JavaScript, plain number']) {
  assert.match(String(seen[call]), /^SuspendError/, `changed: ${call}`);
}
JS
node_modules/.bin/node show.mjs
echo 'as seen'
