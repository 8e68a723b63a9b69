import { describe, expect, test } from '@jest/globals';
import { readComponent } from '../../../../lambda/guest/webassembly/component/binary/component-reader.ts';
import type { ComponentBinary } from '../../../../lambda/guest/webassembly/component/binary/definitions.ts';
import { createWasmRuntime } from '../../../../lambda/guest/webassembly/runtime.ts';
import { component } from '../../../support/guest/components.ts';
import { runGuest } from '../../../support/guest/wasm-guest.ts';

const preamble = '0061736d0d000100';

/** `count` levels of a section within each other. */
function nested(count: number, wrap: (inner: Buffer) => Buffer): Buffer {
  let inner: Buffer = Buffer.from(preamble, 'hex');
  for (let left = count; left > 0; left -= 1) inner = wrap(inner);
  return inner;
}

const leb = (value: number): Buffer =>
  Buffer.from([...Array(4).keys()].map((at) => ((value >> (7 * at)) & 0x7f) | 0x80).concat(0));

const section = (id: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from(preamble, 'hex'), Buffer.of(id), leb(content.length), content]);

describe('a binary that is none is WASM_INVALID, with the place', () => {
  test.each<[string, Buffer | string, RegExp]>([
    ['an unknown section', `${preamble}0f00`, /unknown section 15 @\+10/],
    ['a section beyond the end', `${preamble}0705`, /beyond the end @\+10/],
    ['a count beyond the end', `${preamble}0701ff`, /in the type section.*@\+/],
    ['rest in a section', `${preamble}07020000`, /in the type section: it is longer.*@\+11/],
    ['an unknown type', `${preamble}07020101`, /in the type section.*@\+/],
    ['an index out of range', `${preamble}0805010000000100`, /@\+\d+/],
    [
      'an alias of nothing',
      `${preamble}06050103000000`,
      /unknown instance 0: there are none @\+11/,
    ],
    ['another version', '0061736d0e000100', /version 14/],
    ['a name that is no UTF-8', `${preamble}0a050100 01ff 01 00`.replaceAll(' ', ''), /UTF-8/],
    ['a start section', `${preamble}0903000000`, /start section/],
    [
      'components within components',
      nested(200, (inner) => section(4, inner)),
      /nested deeper than 64/,
    ],
    [
      'types within types',
      section(7, Buffer.from(`01${'420101'.repeat(5000)}4200`, 'hex')),
      /nested deeper than 64/,
    ],
    [
      'half a million definitions',
      section(7, Buffer.concat([leb(500_000), Buffer.alloc(500_000, 0x7f)])),
      /more than 400000 things/,
    ],
    [
      'a type that doubles with each step',
      section(
        7,
        Buffer.concat([
          leb(40),
          Buffer.from('6f017f', 'hex'),
          ...Array.from({ length: 39 }, (_, at) => Buffer.of(0x6f, 2, at, at)),
        ]),
      ),
      /consists of more than|larger than 256 MiB/,
    ],
  ])('%s', async (_name, bytes, message) => {
    const code = typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes;
    expect((await runGuest(new Uint8Array(code))).outcome).toMatchObject({
      status: 'error',
      error: { code: 'WASM_INVALID', message: expect.stringMatching(message) },
    });
  });
});

/** Pseudorandom numbers that are the same in each run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

const endings: ReadonlySet<string> = new Set([
  'success',
  'WASM_INVALID',
  'WASM_LINK_ERROR',
  'WASM_TRAP',
  'ENTRYPOINT_NOT_FOUND',
  'INVALID_REQUEST',
  'MEMORY_LIMIT',
  'RUNTIME_ERROR',
  'STACK_OVERFLOW',
]);

/** Core modules are left whole: they might not end. */
function outsideOfModules(bytes: Uint8Array): number[] {
  const places = new Set(bytes.keys());
  const leaveOut = ({ definitions }: ComponentBinary): void => {
    for (const definition of definitions) {
      if (definition.op === 'component') leaveOut(definition.component);
      if (definition.op !== 'core module') continue;
      for (let at = definition.start; at < definition.end; at += 1) places.delete(at);
    }
  };
  leaveOut(readComponent(bytes));
  return [...places].filter((at) => at >= 8);
}

test.each(['values', 'linked'])(
  'mutants of %s end with an error that says what is wrong',
  async (name) => {
    const original = component(name);
    const entrypoint = name === 'values' ? 'echo-record' : 'through';
    const args = name === 'values' ? [[{ name: 'Ada', age: 1, 'nick-name': 'x' }]] : ['Grüße'];
    const runtime = createWasmRuntime();
    const random = numbers(7);
    const places = outsideOfModules(original);
    for (let mutant = 0; mutant < 500; mutant += 1) {
      const code = Uint8Array.from(original);
      for (let change = random.next().value % 3; change >= 0; change -= 1) {
        code[places[random.next().value % places.length] ?? 8] = random.next().value & 0xff;
      }
      const options = {
        runtime,
        sha256: '',
        entrypoint,
        args,
        limits: { memoryBytes: 32 * 2 ** 20 },
      };
      const { outcome, memoryPeakBytes } = await runGuest(code, options);
      const ending = outcome.status === 'error' ? outcome.error.code : 'success';
      if (!endings.has(ending)) throw new Error(`${mutant}: ${JSON.stringify(outcome)}`);
      expect(memoryPeakBytes ?? 0).toBeLessThanOrEqual(32 * 2 ** 20);
    }
  },
  120_000,
);
