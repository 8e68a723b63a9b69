#!/bin/sh
# How deep WebAssembly may call itself where it is called through JSPI (WebAssembly.promising).
#
# Guess: as deep as a plain call, by --stack-size.
# Seen: V8 gives each such call a stack of its own of 984 KB, whatever --stack-size says, so that a
#   recursion of 50,000 small frames, which a plain call with --stack-size=4000 has room for, ends in
#   "RangeError: Maximum call stack size exceeded" at a third of it. --wasm-stack-switching-stack-size
#   sets it, but --stack-size is its upper bound: without that, the flag changes nothing.
# Version: Node.js 24.21.0 (V8 13.6), Linux x64.
# Source: node --v8-options; https://v8.dev/blog/jspi does not say it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund --allow-scripts=node node@24.21.0 > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund node@24.21.0 > /dev/null
cat > depth.mjs <<'JS'
// (module (func $f (export "f") (param i32) (result i32)
//   (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
//   (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1))))))
const module = new WebAssembly.Module(Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0,
  10, 23, 1, 21, 0, 0x20, 0, 0x45, 0x04, 0x40, 0x41, 0, 0x0f, 0x0b, 0x41, 1, 0x20, 0, 0x41, 1, 0x6b, 0x10,
  0, 0x6a, 0x0b));
const { f } = new WebAssembly.Instance(module).exports;
const call = process.argv[2] === 'jspi' ? WebAssembly.promising(f) : f;
let [low, high] = [1, 1_000_000];
while (high - low > 100) {
  const depth = (low + high) >> 1;
  try {
    await call(depth);
    low = depth;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    high = depth;
  }
}
console.log(low);
JS
node=node_modules/.bin/node
depth() { "$node" "$@"; }
plain=$(depth --stack-size=4000 depth.mjs plain)
jspi=$(depth --stack-size=4000 depth.mjs jspi)
flag=$(depth --stack-size=4000 --wasm-stack-switching-stack-size=4000 depth.mjs jspi)
larger=$(depth --stack-size=4000 --wasm-stack-switching-stack-size=7000 depth.mjs jspi)
alone=$(depth --wasm-stack-switching-stack-size=4000 depth.mjs jspi)
cat <<TEXT
node $("$node" --version), V8 $("$node" -p process.versions.v8)
plain call, --stack-size=4000:                              $plain calls
JSPI, --stack-size=4000:                                    $jspi
JSPI, --wasm-stack-switching-stack-size=4000 too:           $flag
JSPI, --wasm-stack-switching-stack-size=7000 and 4000:      $larger
JSPI, --wasm-stack-switching-stack-size=4000 alone:         $alone
TEXT
[ "$plain" -gt 50000 ] && [ "$jspi" -lt 30000 ] && [ "$flag" -gt 50000 ] || { echo 'changed: the depths'; exit 1; }
[ "$larger" -lt $((flag * 3 / 2)) ] && [ "$alone" -lt 30000 ] || { echo 'changed: the upper bound'; exit 1; }
echo 'as seen'
