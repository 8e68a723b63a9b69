/** Makes programs that work near the end of their memory, from a seed. */

import type { Program } from '../../support/guest/machine-memory.ts';

const PAGE_BYTES = 65536;
/** What a machine begins with. */
const MIN_MEMORY_BYTES = 256 * PAGE_BYTES;

export type Random = (below: number) => number;

/** mulberry32: the same numbers from the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A step: an expression that is true where the machine answers rightly, or throws. `n` is a size. */
type Step = (n: number) => string;

const steps: readonly Step[] = [
  (n) => `new TextEncoder().encode(text(${n})).length === ${n}`,
  (n) => `new TextEncoder().encode('\\u00e4' + text(${n})).length === ${n + 2}`,
  (n) => `new TextDecoder().decode(new Uint8Array(${n}).fill(120)) === text(${n})`,
  (n) => `named(() => new TextDecoder('no-' + text(${n})), 'RangeError')`,
  (n) => `new TextDecoder('latin1').decode(new Uint8Array(${n}).fill(228)).length === ${n}`,
  (n) => `new URL('http://host/' + text(${n})).pathname.length === ${n + 1}`,
  (n) => `named(() => new URL(text(${n})), 'TypeError')`,
  (n) => `URL.canParse('http://a/' + text(${n}))`,
  (n) => `new URLSearchParams({ a: text(${n}) }).get('a').length === ${n}`,
  (n) => `structuredClone({ list: [1, text(${n})] }).list[1].length === ${n}`,
  (n) => `structuredClone(new Map([[1, new Uint8Array(${n})]])).get(1).length === ${n}`,
  () => `crypto.randomUUID().length === 36`,
  (n) => `crypto.getRandomValues(new Uint8Array(${n % 60000})).length === ${n % 60000}`,
  (n) => `(await crypto.subtle.digest('SHA-256', new Uint8Array(${n}))).byteLength === 32`,
  () => `new Intl.NumberFormat('de').format(1234.5) === '1.234,5'`,
  (n) => `'\\u00e4'.localeCompare('b' + text(${n % 100}), 'de') === -1`,
  (n) => `new Date(2020, 1, ${(n % 28) + 1}).toLocaleDateString('en-GB').endsWith('2020')`,
  (n) => `console.log(text(${n}), { list: [1, [2]] }) === undefined`,
  () =>
    `console.log(Promise.resolve({ a: 1 }), new Map([[1, 2]]), new Error('shown')) === undefined`,
  (n) => `console.table([{ a: text(${n % 50}) }]) === undefined`,
  (n) => `atob(btoa(text(${n}))).length === ${n}`,
  (n) => `(await new Blob([text(${n})]).text()).length === ${n}`,
  (n) => `(await new Response(text(${n})).arrayBuffer()).byteLength === ${n}`,
  () => `(await new Promise((resolve) => setTimeout(resolve, 1, 5))) === 5`,
  (n) => `JSON.parse(JSON.stringify({ a: text(${n}) })).a.length === ${n}`,
  (n) => `(await import('./module-${n % 4}.js')).default === ${n % 4}`,
  () => `(await import('./meta.js')).default === 'https://code.example/meta.js'`,
  (n) =>
    `(await import('./data-${n % 4}.json', { with: { type: 'json' } })).default.a === ${n % 4}`,
  (n) => `await import('./none-${n}.js').then(() => false, ({ name }) => name !== 'Error')`,
  (n) => `keep.push(new Array(${n}).fill(1)) > 0`,
  (n) => `keep.push(new Uint8Array(${n * 16})) > 0`,
  (n) => `keep.push(Array.from({ length: ${n % 5000} }, (_, i) => ({ i }))) > 0`,
  () => `keep.splice(0, 1).length <= 1`,
  (n) => `squeeze(${n % 4096}, ${n % 3}) === undefined`,
  (n) => `(function dive(depth) { return depth && dive(depth - 1) })(${n % 3000}) === 0`,
  (n) => `Promise.reject(text(${n})).then(() => false, () => true)`,
  (n) => `named(() => { throw new TypeError(text(${n})) }, 'TypeError')`,
  (n) => `'${'abc'.repeat(3)}'.replace(/b/g, text(${n % 2000})).length === ${6 + 3 * (n % 2000)}`,
];

const modules = {
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((n) => [
      [`https://code.example/module-${n}.js`, `import './shared.js'; export default ${n}`],
      [`https://code.example/data-${n}.json`, JSON.stringify({ a: n, list: Array(50).fill('x') })],
    ]),
  ),
  'https://code.example/shared.js': `export const shared = '${'s'.repeat(3000)}'`,
  'https://code.example/meta.js': 'export default import.meta.url',
};

const prologue = `
  const keep = [];
  const wrong = [];
  const text = (length) => 'x'.repeat(length);
  function named(action, name) {
    try { action() } catch (error) {
      if (error.message === 'out of memory') throw error;
      return error.name === name;
    }
  }
  // Fills the memory but for so many of the buffers that it was filled with, the smallest first.
  function squeeze(least, spared) {
    for (let bytes = 1 << 20; bytes > least; ) {
      try { keep.push(new Uint8Array(bytes)) } catch { bytes >>= 1 }
    }
    keep.length -= Math.min(spared, keep.length);
  }`;

/** Ends that are not caught: the run's error is told from little memory. */
const ends: readonly string[] = [
  'result(wrong)',
  'result(wrong)',
  'result(wrong)',
  `throw new RangeError(text(1000), { cause: new Error('inner') })`,
  'throw { keep }',
  'Promise.reject(new Error(text(100)))',
  `result([text(100000)].map((it) => it.length === 100000 ? undefined : it).filter(Boolean))`,
];

/** A program whose result, where it has one, is the list of steps that were answered wrongly: none. */
export function memoryProgram(random: Random): Program {
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const size = (): number => random(2 ** (1 + random(16)));
  const body: string[] = [];
  if (random(4) > 0) body.push(`squeeze(${random(2 ** random(14))}, ${random(2 ** random(5))});`);
  for (let count = 1 + random(10); count > 0; count--) {
    const step = pick(steps)(size());
    const checked = `if ((${step}) === false) wrong.push(${JSON.stringify(step)});`;
    // Some are not caught, and end the run.
    body.push(random(6) === 0 ? checked : `try { ${checked} } catch {}`);
    if (random(5) === 0)
      body.push(`try { squeeze(${random(2 ** random(12))}, ${random(4)}) } catch {}`);
  }
  if (random(3) > 0) body.push('keep.length = 0;');
  const isModule = random(3) === 0;
  const statics = isModule && random(2) === 0 ? `import './module-${random(4)}.js';\n` : '';
  const end = pick(ends).replace(/^result\((.*)\)$/, isModule ? 'export default $1' : '$1');
  const limitPages = 256 + random(2 ** random(9));
  return {
    source: `${statics}${prologue}\n${body.join('\n')}\n${end};${isModule ? 'export {}' : ''}`,
    modules,
    limits: {
      timeoutMs: 2000,
      cpuMs: 2000,
      memoryBytes: Math.max(MIN_MEMORY_BYTES, limitPages * PAGE_BYTES),
    },
  };
}
