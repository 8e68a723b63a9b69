/** After a run the memory of the machine is byte for byte what it was before. */

import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { MemoryImage } from '../../../../lambda/guest/javascript/machine/memory/image.ts';
import { decodeMachine } from '../../../../lambda/guest/javascript/machine/memory/image-file.ts';
import { MAP_ADDRESS } from '../../../../lambda/guest/javascript/machine/memory/written-map.ts';
import { createJavaScriptRuntime } from '../../../../lambda/guest/javascript/runtime.ts';
import { linkRun } from '../../../../lambda/guest/run-host.ts';
import type { Runtime } from '../../../../lambda/guest/runtime/runtime.ts';
import { escapeCases } from '../../../hostile/corpus/escape.ts';
import { outcomeCases } from '../../../hostile/corpus/outcome.ts';
import { stackCases } from '../../../hostile/corpus/stack.ts';
import { runMessage } from '../../../support/run-message.ts';

const MIB = 1024 * 1024;
const endlessMs = 50;
const ampleMs = 10_000;

/** The machine keeps its memory to itself: the newest is the one in use. */
const memories: WebAssembly.Memory[] = [];
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: ConstructorParameters<typeof Memory>[0]) {
    super(descriptor);
    memories.push(this);
  }
};
afterAll(() => {
  WebAssembly.Memory = Memory;
});

const { binary, image } = decodeMachine(
  await readFile(new URL('../../../../dist/guest/quickjs.image', import.meta.url)),
);
const runtime: Runtime = createJavaScriptRuntime({
  wasm: new WebAssembly.Module(binary),
  image,
  maxMemoryBytes: 512 * MIB,
  codeCacheBytes: 64 * MIB,
  loadTransformer: () => Promise.reject(new Error('no TypeScript here')),
});
await runtime.prepare();

/** Addresses at which the memory is not the image's; the state of `Math.random` is anew in each run. */
function differences({ layout, data, heap }: MemoryImage): number[] {
  const memory = Buffer.from(memories.at(-1)?.buffer ?? new ArrayBuffer(0));
  const wanted = Buffer.alloc(memory.length);
  wanted.set(data);
  wanted.set(heap, layout.heapStart);
  const random = [layout.randomAddress, layout.randomAddress + 8] as const;
  wanted.set(memory.subarray(...random), layout.randomAddress);
  if (memory.equals(wanted)) return [];
  return [...memory.keys()].filter((at) => memory[at] !== wanted[at]).slice(0, 10);
}

async function run(
  source: string,
  timeoutMs: number,
  url = 'https://example.com/code.js',
): Promise<string> {
  const code = Buffer.from(source);
  const limits = { timeoutMs, cpuMs: timeoutMs, memoryBytes: 32 * MIB };
  const message = runMessage('javascript', { url, limits });
  const { host, close } = linkRun(message, () => {});
  const { outcome } = await runtime.execute(message, code, host);
  close();
  await runtime.prepare();
  return outcome.status === 'error' ? outcome.error.code : 'success';
}

const ordinary: readonly (readonly [name: string, source: string])[] = [
  ['a constant', '1'],
  ['a module', 'export default 5'],
  [
    'output',
    'console.log(new URL("http://a/"), [1, { a: new Map([[1, 2]]) }]); console.table([1])',
  ],
  ['local time', 'new Date(2020, 1, 1, 12).toString() + new Date().getTimezoneOffset()'],
  ['an error', 'throw new TypeError("x".repeat(10000), { cause: new Error("y") })'],
  ['many objects', 'Array.from({ length: 50000 }, (_, i) => ({ i })).length'],
  ['a large buffer', 'new Uint8Array(20 << 20).fill(1).length'],
  ['a long text', '"x".repeat(1e6).replace(/x/g, "yy").length'],
  ['a digest', 'await crypto.subtle.digest("SHA-256", new Uint8Array(100000))'],
  ['streams', 'await new Response(new Blob(["abc"]).stream()).text()'],
  ['timers', 'await new Promise((resolve) => setTimeout(resolve, 5))'],
  ['Intl', 'new Intl.NumberFormat("de").format(12345.678)'],
  ['a failed import', 'await import("./other.js").catch(() => 1)'],
  ['an endless loop', 'for (;;);'],
  ['recursion', 'let n = 0; const f = () => { n++; f(); }; try { f() } catch {} n'],
  [
    'recursion that asks the host at every depth',
    'const f = (n) => { try { crypto.randomUUID(); f(n + 1) } catch { crypto.randomUUID() } }; f(0)',
  ],
  [
    'a broken realm',
    'Object.prototype.x = 1; Array.prototype.push = null; JSON.stringify = null; 1',
  ],
];

describe('Nothing of a run is left', () => {
  test.each(ordinary)('%s', async (_name, source) => {
    await run(source, endlessMs);
    expect(differences(image)).toEqual([]);
  });

  test('a URL that is longer than anything else on the stack', async () => {
    const outcome = await run(
      'new Error().stack',
      ampleMs,
      `https://example.com/${'long/'.repeat(1600)}`,
    );
    expect(outcome).toBe('success');
    expect(differences(image)).toEqual([]);
  });

  test.each(
    [escapeCases, outcomeCases, stackCases].flatMap((cases) =>
      cases.flatMap(({ name, js }) => (js === undefined ? [] : [[name, js] as const])),
    ),
  )('hostile: %s', async (_name, source) => {
    await run(source, endlessMs);
    expect(differences(image)).toEqual([]);
  });
});

test('A machine whose map of writes was written to is not used again', async () => {
  await run('1', ampleMs);
  const before = memories.at(-1);
  // As a store by the machine itself would be marked.
  Buffer.from(before?.buffer ?? new ArrayBuffer(0))[MAP_ADDRESS + MAP_ADDRESS / 1024] = 1;
  expect(await run('2', ampleMs)).toBe('success');
  expect(await run('3', ampleMs)).toBe('success');
  expect(memories.at(-1)).not.toBe(before);
  expect(differences(image)).toEqual([]);
});
