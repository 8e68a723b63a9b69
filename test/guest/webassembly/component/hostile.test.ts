import { describe, expect, test } from '@jest/globals';
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
    [
      'a name that implements what is no interface',
      `${preamble}0703014200 0a0a01 020169 01000178 0500`.replaceAll(' ', ''),
      /must be an interface/,
    ],
    [
      'a method of no resource',
      `${preamble}07050140000100 0a1001000b5b6d6574686f645d612e620100`.replaceAll(' ', ''),
      /belongs to a resource that is not here/,
    ],
    [
      'an import that uses a record without a name',
      `${preamble}070a0272010178794000 0000 0a0601000166 0101`.replaceAll(' ', ''),
      /the import "f" uses a type that is not imported before it/,
    ],
    [
      'an alias of a resource into a component',
      Buffer.concat([
        Buffer.from(`${preamble}0704013f7f00`, 'hex'),
        section(4, Buffer.from(`${preamble}06050103020100`, 'hex')).subarray(8),
      ]),
      /outer alias into a component is of type 0, which refers to resources/,
    ],
    [
      'what is wrong in a component that is never instantiated',
      section(4, Buffer.from(`${preamble}06050103020107`, 'hex')),
      /unknown type 7/,
    ],
    [
      'an alias that refers to what comes after its component',
      Buffer.concat([
        section(4, Buffer.from(`${preamble}06050103020100`, 'hex')),
        Buffer.from('0702017f', 'hex'),
      ]),
      /unknown type 0: there are none/,
    ],
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

test('the name of an interface may have acronyms', async () => {
  const name = Buffer.from('ns-1:pkg/HTTP-2');
  const types = Buffer.from('070301 4200'.replaceAll(' ', ''), 'hex');
  const content = Buffer.concat([Buffer.of(1, 0, name.length), name, Buffer.of(5, 0)]);
  const bytes = Buffer.concat([
    Buffer.from(preamble, 'hex'),
    types,
    section(10, content).subarray(8),
  ]);
  expect((await runGuest(new Uint8Array(bytes))).outcome).toMatchObject({
    error: { code: 'ENTRYPOINT_NOT_FOUND' },
  });
});

test('instances that have the same ones in them many times are looked through once', async () => {
  // Each one exports the one before it twice; a component takes the last, and it is exported.
  const name = (text: string) => Buffer.from([0, text.length, ...Buffer.from(text)]);
  const instance = (at: number): Buffer =>
    at === 0
      ? Buffer.of(1, 0)
      : Buffer.concat([
          Buffer.of(1, 2),
          ...['a', 'b'].map((text) => Buffer.concat([name(text), Buffer.of(5, at - 1)])),
        ]);
  const count = 60;
  const bags = Array.from({ length: count }, (_, at) =>
    section(5, Buffer.concat([Buffer.of(1), instance(at)])),
  );
  const taken = Buffer.of(1, 0, 0, 1, 1, 'x'.charCodeAt(0), 5, count - 1);
  const exported = Buffer.concat([Buffer.of(1), name('all'), Buffer.of(5, count - 1, 0)]);
  const sections = [
    section(4, Buffer.from(preamble, 'hex')),
    ...bags,
    section(5, taken),
    section(11, exported),
  ];
  const bytes = Buffer.concat([
    Buffer.from(preamble, 'hex'),
    ...sections.map((each) => each.subarray(8)),
  ]);
  expect((await runGuest(new Uint8Array(bytes))).outcome).toMatchObject({
    error: { code: 'ENTRYPOINT_NOT_FOUND' },
  });
});
