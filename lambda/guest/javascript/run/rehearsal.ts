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
 * What most scripts do, while the process is idle: print values and tables, fail and recover, wait, give
 * a result. And they compute: some ten thousand operations, with which V8 optimises the interpreter.
 */
export const longRehearsal = `
  console.log('%s of %d', 'one', 2, { list: [1, 'two', null] });
  console.table([{ name: 'one', order: 1 }]);
  try { null.name } catch (error) { console.error(error.message) }
  await new Promise((resolve) => setTimeout(resolve));
  class Shape {
    constructor(name, size) { this.name = name; this.size = size; }
    get area() { return this.size * this.size; }
  }
  const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
  const shapes = Array.from({ length: 200 }, (_, i) => new Shape('shape ' + i, i % 17));
  const byName = new Map(shapes.map((shape) => [shape.name, { ...shape, area: shape.area }]));
  let total = 0;
  for (const { area } of byName.values()) total += area / 2;
  const words = shapes.map(({ name }) => name.replace(/shape (\\d+)/, '$1-x')).sort();
  JSON.parse(JSON.stringify([...byName.values()]));
  ({ name: 'one', total, words: words.length, number: fibonacci(15) });
`;

const run: RunMessage = {
  type: 'run',
  runId: 0,
  codeType: 'javascript',
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
  const outcome = await runGuest(
    realm,
    services,
    run,
    Buffer.from(script),
    host,
    createKeptCode(null),
  );
  services.close();
  if (outcome.status === 'error') throw new Error(`Rehearsal: ${outcome.error.message}`);
}
