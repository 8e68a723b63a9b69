/**
 * A run before the first request: V8 compiles code when it is first called, in this process and in
 * QuickJS's binary, and the first script would wait 10 to 40 ms for it.
 */

import type { RunMessage } from '../../../contract/protocol.ts';
import { emptyInputs } from '../../../contract/run-inputs.ts';
import type { RunHost } from '../../runtime/runtime.ts';
import { createKeptCode } from '../code/kept-code.ts';
import { createGuestServices } from '../guest-services.ts';
import type { Realm } from '../machine/realm.ts';
import { runGuest } from './run.ts';

/** What most scripts do: print values and tables, fail and recover, wait, give a result. */
const script = `
  console.log('%s of %d', 'one', 2, { list: [1, 'two', null] });
  console.table([{ name: 'one', order: 1 }]);
  try { null.name } catch (error) { console.error(error.message) }
  await Promise.resolve();
  ({ name: 'one', list: [1, 2].map((value) => value + 1) });
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
export async function rehearse(realm: Realm): Promise<void> {
  const services = createGuestServices(host);
  const outcome = await runGuest(
    realm,
    services,
    run,
    Buffer.from(script),
    host,
    createKeptCode(0),
  );
  services.close();
  if (outcome.status === 'error') throw new Error(`Rehearsal: ${outcome.error.message}`);
}
