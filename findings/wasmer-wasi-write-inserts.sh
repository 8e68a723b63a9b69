#!/bin/sh
# What a WASI program's file holds after it has written to the middle of it.
#
# Guess: a write at a position replaces the bytes that are there, as in every file system.
# Seen: in the in-memory file system of @wasmer/wasi it puts them in between: the file becomes longer
#   and what stood behind moves. Programs that update a header, a record or a page of a database
#   (fseek, fwrite; pwrite) leave a broken file, and every call says success. node:wasi replaces.
# Version: @wasmer/wasi 1.2.2, beside node:wasi of Node.js 24.21.0.
# Source: https://github.com/wasmerio/wasmer/issues/3326 (mended there in 2023, after this package's last release).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 @wasmer/wasi@1.2.2 wabt@1.0.39'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { WASI as NodeWASI } from 'node:wasi';
import { init, MemFS, WASI } from '@wasmer/wasi';
import wabt from 'wabt';

// Opens "record" in the folder of descriptor $dir, writes "XY" from its second byte on, and returns the
// error number of the call that failed, or 0.
const source = `(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite"
    (func $write (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "record")
  (data (i32.const 8) "XY")
  (data (i32.const 16) "\\08\\00\\00\\00\\02\\00\\00\\00")
  (func (export "_start"))
  (func (export "update") (param $dir i32) (result i32)
    (local $error i32)
    (local.set $error (call $open (local.get $dir) (i32.const 0) (i32.const 0) (i32.const 6)
      (i32.const 0) (i64.const 0x46) (i64.const 0) (i32.const 0) (i32.const 32)))
    (if (local.get $error) (then (return (local.get $error))))
    (local.set $error (call $write (i32.load (i32.const 32)) (i32.const 16) (i32.const 1)
      (i64.const 1) (i32.const 36)))
    (if (local.get $error) (then (return (local.get $error))))
    (call $close (i32.load (i32.const 32)))))`;
const { buffer } = (await wabt()).parseWat('update.wat', source).toBinary({});
const module = new WebAssembly.Module(buffer);
await init();

const files = new MemFS();
files.createDir('/data');
const record = files.open('/data/record', { create: true, write: true, read: true });
record.writeString('abcdef');
record.flush();
const wasmer = new WASI({ preopens: { '/data': '/data' }, fs: files });
// Descriptor 3 is the root of the file system, 4 the first folder of preopens.
const byWasmer = [wasmer.instantiate(module, {}).exports.update(4)];
record.seek(0);
byWasmer.push(record.readString());

mkdirSync('data');
writeFileSync('data/record', 'abcdef');
const node = new NodeWASI({ version: 'preview1', preopens: { '/data': 'data' } });
const instance = new WebAssembly.Instance(module, node.getImportObject());
node.start(instance);
const byNode = [instance.exports.update(3), readFileSync('data/record', 'utf8')];

console.log('abcdef, and XY written at position 1 (error number, contents):');
console.log('@wasmer/wasi', byWasmer, ' node:wasi', byNode);
assert.deepEqual(byWasmer, [0, 'aXYbcdef'], 'changed: @wasmer/wasi');
assert.deepEqual(byNode, [0, 'aXYdef'], 'changed: node:wasi');
JS
node_modules/.bin/node --disable-warning=ExperimentalWarning show.mjs
echo 'as seen'
