import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const registry = new URL('../../../lambda/guest/registry.ts', import.meta.url).href;
const runHost = new URL('../../../lambda/guest/run-host.ts', import.meta.url).href;
const runMessage = new URL('../../support/run-message.ts', import.meta.url).href;
const dist = new URL('../../../dist/guest/', import.meta.url).href;

/**
 * Runs scripts, and prints what the runtime says of five seconds of CPU time once V8 has had the time: it
 * optimises on another thread, which a busy machine may keep waiting.
 */
const program = (maxWaits: number) => `
import { loadRuntimes } from ${JSON.stringify(registry)};
import { linkRun } from ${JSON.stringify(runHost)};
import { runMessage } from ${JSON.stringify(runMessage)};
const { javascript } = await loadRuntimes({
  directory: new URL(${JSON.stringify(dist)}), maxMemoryBytes: 2 ** 27, codeCacheBytes: 0,
});
await javascript.prepare();
const said = [javascript.charge(10)];
const message = runMessage('javascript', { sha256: '' });
const code = Buffer.from('let sum = 0; for (let i = 0; i < 100_000; i++) sum += i; sum');
for (let run = 0; run < 20; run++) {
  const { host, close } = linkRun(message, () => {});
  const { outcome } = await javascript.execute(message, code, host);
  if (outcome.status !== 'success') throw new Error(JSON.stringify(outcome));
  close();
  await javascript.prepare();
}
let replace = true;
for (let wait = 0; wait < ${maxWaits} && replace; wait++) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  replace = javascript.charge(5000);
}
said.push(replace, javascript.charge(5000));
console.log(JSON.stringify(said));
process.exit(0);
`;

/** @param flags of V8 */
function verdicts(maxWaits: number, ...flags: readonly string[]): unknown {
  const source = program(maxWaits);
  const args = ['--stack-size=3900', ...flags, '--input-type=module', '--eval', source];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('a process in which V8 has optimised the interpreter stays', () => {
  expect(verdicts(80)).toEqual([false, false, false]);
});

test('a process in which V8 does not optimise it is to be replaced, once it had the time', () => {
  // No function has this number.
  expect(verdicts(6, '--wasm-tier-up-filter=1000000')).toEqual([false, true, true]);
});
