/** What a process keeps of code is not sent to it again: neither the code of a run nor what it imports. */

import { expect, test } from '@jest/globals';
import type { ImportedModule } from '../../lambda/contract/calls.ts';
import { Pace } from '../../lambda/sandbox/pace.ts';
import { RunLine } from '../../lambda/sandbox/run-line.ts';
import { done, FakeProcess, orderOf } from '../support/fake-process.ts';
import { importedModule } from '../support/guest/imported-module.ts';
import { noServices } from '../support/run-message.ts';

const library = importedModule('https://example.com/library.js', 'text/javascript', 'export {}');
const other = importedModule('https://example.com/other.js', 'text/javascript', 'export { a }');

/** A line whose runs import these modules, one after the other. */
function setup(...modules: readonly ImportedModule[]) {
  const process = new FakeProcess();
  const line = new RunLine(process, new Pace(), { onRoom() {}, onGivenBack() {} });
  const left = [...modules];
  const order = () => ({
    ...orderOf('code'),
    services: () => ({
      ...noServices,
      import: async () => left.shift() ?? library,
    }),
  });
  const importOne = async (runId: number, callId: number): Promise<string | undefined> => {
    const request = { url: 'https://example.com/library.js', computed: false };
    line.receive({ type: 'call', runId, callId, name: 'import', request }, new Uint8Array());
    await new Promise((resolve) => setImmediate(resolve));
    const reply = process.sent.at(-1);
    expect(reply?.message).toMatchObject({ type: 'reply', runId, callId });
    return reply?.code;
  };
  return { line, order, importOne };
}

const sha256Of = (module: ImportedModule): string => (module.ok ? module.sha256 : '');

test('an import that the process keeps is answered without its text', async () => {
  const { line, order, importOne } = setup();
  line.send(order());
  expect(await importOne(1, 1)).toBe('export {}');
  // Whether it is kept is known when the run has ended.
  expect(await importOne(1, 2)).toBe('export {}');
  line.receive(done(1, { kept: [sha256Of(library)] }), Buffer.from('1'));
  line.send(order());
  expect(await importOne(2, 1)).toBe('');
  line.receive(done(2, { kept: [] }), Buffer.from('1'));
  line.send(order());
  expect(await importOne(3, 1)).toBe('export {}');
  line.receive(done(3), Buffer.from('1'));
});

test('a process cannot say that it keeps what it was never sent', async () => {
  const { line, order, importOne } = setup(other, library);
  line.send(order());
  await importOne(1, 1);
  line.receive(done(1, { kept: [sha256Of(library), sha256Of(other)] }), Buffer.from('1'));
  expect([line.keeps(sha256Of(other)), line.keeps(sha256Of(library))]).toEqual([true, false]);
  line.send(order());
  expect(await importOne(2, 1)).toBe('export {}');
  line.receive(done(2), Buffer.from('1'));
});
