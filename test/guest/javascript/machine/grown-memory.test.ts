/** Growth of a machine's memory changes no answer of the machine. */

import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { QuickJSRuntime } from 'quickjs-emscripten-core';
import { watchMachines } from '../../../support/guest/machine-memory.ts';

const { Memory } = WebAssembly;
const contexts = jest.spyOn(QuickJSRuntime.prototype, 'newContext');
const machines = await watchMachines();
afterAll(() => {
  WebAssembly.Memory = Memory;
});

const grow = 'const rows = []; for (let i = 0; i < 200_000; i++) rows.push([i]);';
const readJson = `const { default: data } = await import('./data.json', { with: { type: 'json' } });`;
const modules = { 'https://code.example/data.json': '{"city":"Bern"}' };

describe('A module of JSON is what it says', () => {
  test('after the same run has grown the memory', async () => {
    const source = `${grow} ${readJson} export default data`;
    const { outcome } = await machines.run({ source, modules });
    expect(outcome).toMatchObject({ status: 'success', resultJson: '{"city":"Bern"}' });
  });

  test('after a run before has grown the memory', async () => {
    const before = await machines.run({ source: `${grow} export default rows.length` });
    expect(before).toMatchObject({ outcome: { resultJson: '200000' }, kept: true });
    const { outcome } = await machines.run({ source: `${readJson} export default data`, modules });
    expect(outcome).toMatchObject({ status: 'success', resultJson: '{"city":"Bern"}' });
  });

  test('after the memory was filled with numbers that could be addresses', async () => {
    const source = `
      const filled = new Uint32Array(4 << 20).fill(5_300_000);
      ${readJson} export default [data, filled.at(-1)]`;
    const { outcome } = await machines.run({ source, modules });
    expect(outcome).toMatchObject({ status: 'success', resultJson: '[{"city":"Bern"},5300000]' });
  });
});

test('A job that grows the memory makes no second context', async () => {
  await machines.run({ source: '1' });
  contexts.mockClear();
  const source = `await null; ${grow}; await null; rows.length`;
  const { outcome, kept } = await machines.run({ source });
  expect(outcome).toMatchObject({ status: 'success', resultJson: '200000' });
  expect(kept).toBe(true);
  expect(contexts).not.toHaveBeenCalled();
  expect(machines.differences()).toEqual([]);
});
