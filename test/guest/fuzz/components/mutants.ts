/** Mutants of components, the same for the same seed. */

import { readFileSync } from 'node:fs';
import type { Json } from '../../../../lambda/contract/errors.ts';
import { readComponent } from '../../../../lambda/guest/webassembly/component/binary/component-reader.ts';
import type { ComponentBinary } from '../../../../lambda/guest/webassembly/component/binary/definitions.ts';

/** A component to change, and what is asked of it. */
interface Original {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly entrypoint: string | null;
  readonly args: readonly Json[];
  /** Positions that are not in core modules: what is changed there concerns the component model. */
  readonly outside: readonly number[];
}

export interface Mutant {
  readonly of: string;
  readonly code: Uint8Array;
  readonly entrypoint: string | null;
  readonly args: readonly Json[];
}

const root = new URL('../../../../', import.meta.url);
const folder = 'test/guest/webassembly/component/';
const sources: readonly (readonly [path: string, entrypoint: string | null, args: Json[]])[] = [
  ['fixtures/values.wasm', 'echo-record', [[{ name: 'Ada', age: 1, 'nick-name': 'x' }]]],
  ['fixtures/values.wasm', 'echo-variant', [[{ tag: 'text', value: 'x' }, { tag: 'none' }]]],
  ['fixtures/linked.wasm', 'through', ['Grüße']],
  ['fixtures/linked.wasm', 'count', [7]],
  ['fixtures/explosive.wasm', null, []],
  ['fixtures/greedy.wasm', null, []],
  ['fixtures/lacking.wasm', null, []],
  ['wasi/programs/ask.wasm', null, []],
  ['wasi/programs/words.wasm', null, []],
  ['wasi/programs/files.wasm', null, []],
  ['../../../../examples/components/wordcount.wasm', null, []],
  [
    '../../../../examples/components/textstats.wasm',
    'demo:text/stats#count-words',
    [['a rose', 'is a rose'], 'by-count', 2],
  ],
];

const originals: readonly Original[] = sources.map(([path, entrypoint, args]) => {
  const bytes = new Uint8Array(readFileSync(new URL(folder + path, root)));
  const name = path.split('/').at(-1)?.replace('.wasm', '') ?? path;
  return { name, bytes, entrypoint, args, outside: outsideOfModules(bytes) };
});

/** Pseudorandom numbers that are the same in each run. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** @returns an integer from 0 up to, not including, `bound` */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

/** What is often at the edge of something. */
const telling = [0x00, 0x01, 0x02, 0x40, 0x41, 0x42, 0x7f, 0x80, 0xff];
/** What no function takes, or takes by chance. */
const values: readonly Json[] = [null, true, -1, 2 ** 53, 'text', [], [null], {}, { tag: 'x' }];

export function mutantOf(seed: number): Mutant {
  const random = new Random(seed);
  const { name, bytes, entrypoint, args, outside } = random.pick(originals);
  let code = Uint8Array.from(bytes);
  // One in four changes code, too.
  const places = random.below(4) === 0 ? null : outside;
  const place = (): number =>
    (places ? random.pick(places) : 8 + random.below(bytes.length - 8)) % Math.max(1, code.length);
  for (let left = random.pick([0, 0, 0, 1, 2]); left >= 0; left -= 1) {
    const at = place();
    const byte = code[at] ?? 0;
    switch (random.below(12)) {
      case 0:
        code = spliced(code, at, 0, Uint8Array.of(random.below(256)));
        break;
      case 1:
        code = spliced(code, at, 1 + random.below(4), new Uint8Array());
        break;
      case 2: {
        const from = place();
        code = spliced(code, at, 0, code.slice(from, from + random.below(32)));
        break;
      }
      case 3:
        code[at] = random.pick(telling);
        break;
      case 4:
        code[at] = random.below(256);
        break;
      case 5:
        code[at] = byte ^ (1 << random.below(8));
        break;
      // What is likely to stay a component: another index, type or letter.
      case 6:
      case 7:
        code[at] = code[place()] ?? 0;
        break;
      case 8:
        if (byte >= 0x63 && byte <= 0x7f) code[at] = 0x63 + random.below(0x1d);
        break;
      default:
        code[at] = byte < 0x20 ? random.below(0x20) : byte + 1 - 2 * random.below(2);
    }
  }
  if (random.below(64) === 0) code = code.slice(0, random.below(code.length));
  const given = random.below(16) === 0 ? args.map(() => random.pick(values)) : args;
  return { of: name, code, entrypoint, args: given };
}

function spliced(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  removed: number,
  added: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]),
  );
}

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
