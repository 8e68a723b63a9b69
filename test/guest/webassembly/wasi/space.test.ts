import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { FileSystem } from '../../../../lambda/guest/files/filesystem.ts';
import { WasiFailure } from '../../../../lambda/guest/webassembly/wasi/abi.ts';

const MIB = 2 ** 20;

const fileSystem = (maxBytes: number) => new FileSystem(maxBytes, () => 0n);

describe('the quota of a file system', () => {
  test('counts what is held: a file that was cut gives up its buffer when others need it', () => {
    const files = fileSystem(32 * MIB);
    const made = Array.from({ length: 10 }, (_, index) => {
      const file = files.makeFile(files.root, String(index));
      files.resize(file, 30 * MIB);
      files.resize(file, 0);
      return file;
    });
    const held = made.reduce((sum, { buffer }) => sum + buffer.length, 0);
    expect(held).toBeLessThanOrEqual(32 * MIB);
  });

  test('gives a file all that others do not fill', () => {
    const files = fileSystem(32 * MIB);
    const [first, second] = [files.makeFile(files.root, 'a'), files.makeFile(files.root, 'b')];
    for (let at = 0; at < 17; at++) files.write(first, at * MIB, Buffer.alloc(MIB, 1));
    for (let at = 0; at < 15; at++) files.write(second, at * MIB, Buffer.alloc(MIB, 2));
    expect(() => files.write(first, first.size, Buffer.from('x'))).toThrow(WasiFailure);
    expect(Buffer.alloc(17 * MIB, 1).equals(first.buffer.subarray(0, first.size))).toBe(true);
    expect(Buffer.alloc(15 * MIB, 2).equals(second.buffer.subarray(0, second.size))).toBe(true);
  });

  test('holds, and contents stay right, whatever is written, cut, linked and removed', () => {
    const step = fc.record({
      act: fc.constantFrom('write', 'resize', 'unlink', 'symlink'),
      name: fc.constantFrom('a', 'b', 'c'),
      at: fc.nat(1500),
      length: fc.nat(700),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const maxBytes = 2000;
        const files = fileSystem(maxBytes);
        const model = new Map<string, Buffer>();
        let targets = 0;
        const used = (): number =>
          targets + [...model.values()].reduce((sum, { length }) => sum + length, 0);
        for (const [index, { act, name, at, length }] of steps.entries()) {
          const entry = files.root.entries.get(name)?.node;
          const before = model.get(name) ?? Buffer.alloc(0);
          let grown = 0;
          if (act === 'unlink') {
            files.unlink(files.root, name);
            model.delete(name);
            continue;
          }
          try {
            if (act === 'symlink') {
              grown = 50;
              files.makeSymlink(files.root, `link ${index}`, 'x'.repeat(50));
              targets += 50;
              continue;
            }
            const file = entry?.kind === 'file' ? entry : files.makeFile(files.root, name);
            model.set(name, before);
            const size =
              act === 'resize'
                ? at
                : length === 0
                  ? before.length
                  : Math.max(before.length, at + length);
            grown = size - before.length;
            if (act === 'resize') files.resize(file, at);
            else files.write(file, at, Buffer.alloc(length, index + 1));
            const after = Buffer.alloc(size);
            before.copy(after);
            if (act === 'write' && length > 0) after.fill(index + 1, at, at + length);
            model.set(name, after);
          } catch (error) {
            expect(error).toBeInstanceOf(WasiFailure);
            // Refused is only what does not fit.
            expect(used() + grown).toBeGreaterThan(maxBytes);
          }
        }
        let held = targets;
        for (const [name, content] of model) {
          const node = files.root.entries.get(name)?.node;
          if (node?.kind !== 'file') throw new Error(`There is no file ${name}`);
          held += node.buffer.length;
          expect(content.equals(node.buffer.subarray(0, node.size))).toBe(true);
          expect(node.buffer.subarray(node.size).every((byte) => byte === 0)).toBe(true);
        }
        expect(held).toBeLessThanOrEqual(maxBytes);
      }),
      { numRuns: 300 },
    );
  });
});
