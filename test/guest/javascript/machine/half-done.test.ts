/** Where the process's own stack overflows below QuickJS's functions, the run ends, and so does the machine. */

import { afterAll, expect, test } from '@jest/globals';
import { watchMachines } from '../../../support/guest/machine-memory.ts';

const { Memory } = WebAssembly;
const machines = await watchMachines();
afterAll(() => {
  WebAssembly.Memory = Memory;
});

const depth = 40_000;
const modules = {
  'https://code.example/deep.json': '['.repeat(depth) + ']'.repeat(depth),
  'https://code.example/static.js': `import './deep.json' with { type: 'json' };`,
  'https://code.example/data.json': '{"a":1}',
};

test.each([
  [
    'JSON that is nested too deeply',
    `let caught = 'nothing';
     try { await import('./deep.json', { with: { type: 'json' } }) } catch (e) { caught = e.name }
     console.log(caught); export default caught`,
  ],
  [
    'it behind another import',
    `await import('./static.js').catch(() => {}); console.log('went on'); export default 1`,
  ],
  [
    'it as a static import',
    `import data from './deep.json' with { type: 'json' }; console.log('went on'); export default 1`,
  ],
])('No guest goes on after the import of %s', async (_name, source) => {
  const { outcome, output, kept } = await machines.run({ source, modules });
  expect(outcome).toMatchObject({ status: 'error', error: { code: 'STACK_OVERFLOW' } });
  expect(output).toBe('');
  expect(kept).toBe(false);
  expect(await machines.run({ source: '1 + 1' })).toMatchObject({ outcome: { resultJson: '2' } });
});

test('A guest that asks the host at the end of its stack goes on in a sound machine, or not at all', async () => {
  const asks = [
    'crypto.randomUUID()',
    'console.log(Promise.resolve(1))',
    `new TextDecoder('no-such-label')`,
    `new URL('nothing')`,
    `new Intl.NumberFormat('de').format(1.5)`,
    `import('./data.json', { with: { type: 'json' } })`,
    'Promise.reject(1).catch(() => {})',
  ];
  for (const ask of asks) {
    const source = `
      const dive = (n) => { try { ${ask} } catch {} dive(n + 1) };
      try { dive(0) } catch {}
      'on'`;
    const limits = { timeoutMs: 1000, cpuMs: 10_000 };
    const { outcome } = await machines.run({ source, modules, limits });
    const end = outcome.status === 'success' ? outcome.resultJson : outcome.error.code;
    expect(['"on"', 'STACK_OVERFLOW', 'TIMEOUT']).toContain(end);
    expect({ ask, differences: machines.differences() }).toEqual({ ask, differences: [] });
  }
});
