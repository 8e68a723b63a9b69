/** Modules whose code is large: V8 needs many times their size for them, the guest itself does not. */

import { leb, section, text, vector } from '../../../lambda/guest/wasm-binary/writer.ts';

const PAGE_BYTES = 65536;
/** Of the body of one function. */
const FUNCTION_BYTES = 1024;

const magic = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const exports = { memory: 2, function: 0 };

/**
 * Its `main` writes to all of its memory, and calls each of its functions once, so that V8 compiles
 * all of them; then it counts for a tenth of a second or so, so that whoever watches it sees it.
 * @param codeBytes about as many bytes of code
 * @param pages of its one memory, which cannot grow
 */
export function largeModule(codeBytes: number, pages: number): Uint8Array {
  const count = Math.ceil(codeBytes / FUNCTION_BYTES);
  const body = sized(busyBody());
  const main = sized(
    Buffer.concat([
      Uint8Array.of(1, 1, 0x7f),
      // memory.fill from 0, with 1, to the end
      Uint8Array.of(0x41, 0, 0x41, 1, 0x41),
      signedLeb(pages * PAGE_BYTES),
      Uint8Array.of(0xfc, 11, 0),
      ...Array.from({ length: count }, (_, index) =>
        Buffer.concat([Uint8Array.of(0x10), leb(BigInt(index + 1))]),
      ),
      countTo(2 ** 27),
      Uint8Array.of(0x0b),
    ]),
  );
  const bodies = [[main], ...Array.from({ length: count }, () => [body])];
  return Buffer.concat([
    magic,
    // One type, of functions without parameters and results.
    section(1, vector([[Uint8Array.of(0x60, 0, 0)]])),
    section(3, [leb(BigInt(count + 1)), new Uint8Array(count + 1)]),
    section(5, vector([[Uint8Array.of(1), leb(BigInt(pages)), leb(BigInt(pages))]])),
    section(
      7,
      vector([
        [text('memory'), Uint8Array.of(exports.memory, 0)],
        [text('main'), Uint8Array.of(exports.function, 0)],
      ]),
    ),
    section(10, vector(bodies)),
  ]);
}

/** One local, to which a number is added over and over. */
function busyBody(): Uint8Array {
  // local.get 0, i32.const 77, i32.add, local.set 0
  const step = [0x20, 0, 0x41, 0xcd, 0, 0x6a, 0x21, 0];
  const steps = Array.from({ length: Math.floor(FUNCTION_BYTES / step.length) }, () => step);
  return Uint8Array.from([1, 1, 0x7f, ...steps.flat(), 0x0b]);
}

/** A loop over local 0. */
function countTo(turns: number): Uint8Array {
  // loop, local.get 0, i32.const 1, i32.add, local.tee 0, i32.const turns, i32.lt_u, br_if 0, end
  return Buffer.concat([
    Uint8Array.of(0x03, 0x40, 0x20, 0, 0x41, 1, 0x6a, 0x22, 0, 0x41),
    signedLeb(turns),
    Uint8Array.of(0x49, 0x0d, 0, 0x0b),
  ]);
}

function sized(body: Uint8Array): Uint8Array {
  return Buffer.concat([leb(BigInt(body.length)), body]);
}

/** @param value not negative: a last group of seven bits whose highest is set would read as negative */
function signedLeb(value: number): Uint8Array {
  const bytes = [...leb(BigInt(value))];
  const last = bytes.at(-1) ?? 0;
  return Uint8Array.from(last & 0x40 ? [...bytes.slice(0, -1), last | 0x80, 0] : bytes);
}
