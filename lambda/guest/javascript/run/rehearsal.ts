/**
 * Runs before the first request: V8 compiles code when it is first called, in this process and in
 * QuickJS's binary, and the first scripts would wait for it.
 */

import type { RunMessage } from '../../../contract/protocol.ts';
import { emptyInputs } from '../../../contract/run-inputs.ts';
import type { RunHost } from '../../runtime/runtime.ts';
import { createKeptCode } from '../code/kept-code.ts';
import { createGuestServices } from '../guest-services.ts';
import type { Realm } from '../machine/realm.ts';
import { runGuest } from './run.ts';

/** What every script does. Before the process is ready: more would cost a cold start more than it saves. */
export const shortRehearsal = `
  await Promise.resolve();
  ({ name: 'one', list: [1, 2] });
`;

/**
 * What most scripts do, while the process is idle or between its runs, a few milliseconds each: print,
 * fail and recover, wait, and compute with all kinds of values, with which V8 optimises the interpreter
 * and what it calls most.
 */
const usual: readonly string[] = [
  `console.log('%s of %d', 'one', 2, { list: [1, 'two', null] });
   console.table([{ name: 'one', order: 1 }]);
   try { null.name } catch (error) { console.error(error.message) }
   await new Promise((resolve) => setTimeout(resolve));
   ({ name: 'one', list: [1, 2].map((value) => value + 1) })`,
  `const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
   fibonacci(17)`,
  `class Shape {
     #size;
     constructor(name, size) { this.name = name; this.#size = size; }
     get area() { return this.#size * this.#size; }
   }
   let total = 0;
   for (let i = 0; i < 500; i++) {
     const { name, area, ...rest } = { ...new Shape('a', i % 17), area: new Shape('b', i).area, i };
     total += area / 2 + rest.i;
   }
   total`,
  `const counts = new Map();
   for (let i = 0; i < 2000; i++) counts.set('key' + (i % 300), (counts.get('key' + (i % 300)) ?? 0) + 1);
   [...counts].map(([key, count]) => key + count).sort().join()`,
  `const text = 'one1 two22 three333 '.repeat(150);
   let length = 0;
   for (const [, , digits] of text.matchAll(/([a-z]+)(\\d+)/g)) length += digits.length;
   text.replace(/[a-z]+/g, (word) => word.toUpperCase()).split(' ').length + length`,
  `const rows = Array.from({ length: 300 }, (_, id) => ({ id, name: 'row ' + id, tags: [1, 2.5] }));
   JSON.parse(JSON.stringify(rows)).sort((a, b) => b.id - a.id).filter(({ id }) => id % 2).length`,
];

/** As much code as a small library has, which nobody calls: with it, V8 optimises QuickJS's compiler. */
const library = usual
  .map((script) => `async () => {${script}};`)
  .join('')
  .repeat(8);

/** In rounds: V8 optimises what has been called often. */
export const rehearsals: readonly string[] = [1, 2, 3].flatMap(() => [
  ...usual.slice(0, 3),
  library,
  ...usual.slice(3),
  library,
]);

const run: RunMessage = {
  type: 'run',
  runId: 0,
  codeType: 'javascript',
  isGuessed: false,
  url: 'engine:rehearsal',
  sha256: '',
  codeKept: false,
  ...emptyInputs,
  inputJson: 'null',
  limits: {
    timeoutMs: 1000,
    cpuMs: 1000,
    memoryBytes: 32 * 1024 * 1024,
    maxOutputBytes: 4096,
    maxLogEntries: 0,
    maxResultBytes: 4096,
    maxFilesBytes: 0,
    maxModules: 0,
  },
};

/** Never ends the run, and drops all that the script prints. */
const host: RunHost = {
  started() {},
  write: () => true,
  room: (): number => run.limits.maxOutputBytes,
  log() {},
  call: () => ({ result: new Promise(() => {}), abort() {} }),
  timeLeftMs: () => run.limits.timeoutMs,
  cpuLeftMs: () => run.limits.cpuMs,
};

/** Leaves the realm used. */
export async function rehearse(realm: Realm, script: string): Promise<void> {
  const services = createGuestServices(host);
  const { outcome } = await runGuest(
    realm,
    services,
    run,
    Buffer.from(script),
    host,
    createKeptCode(null, () => Promise.reject(new Error('There is no TypeScript in it'))),
  );
  services.close();
  if (outcome.status === 'error') throw new Error(`Rehearsal: ${outcome.error.message}`);
}
