/** No image of compiled code has anything of a run in it: all of them are searched for what runs were given. */

import { afterAll, expect, test } from '@jest/globals';
import { type Program, watchMachines } from '../../../support/guest/machine-memory.ts';

const { Memory } = WebAssembly;
afterAll(() => {
  WebAssembly.Memory = Memory;
});

/** Never in the code itself. */
const secret = (name: string): string => `${`secret-${name}-`.repeat(3)}gh7Jq`;

const inputs: Program['inputs'] = {
  inputJson: JSON.stringify({ deep: [secret('input')], [secret('key')]: 1 }),
  args: [secret('argument')],
  env: { TOKEN: secret('environment'), [secret('name')]: 'x' },
  entrypoint: null,
};

/** Uses all that it is given, before, while and after it is evaluated. */
const uses = `
  const all = [JSON.stringify(input), args.join(), JSON.stringify(env)];
  const response = await fetch('https://api.example/' + args[0], { method: 'POST', body: all[0] });
  all.push(await response.text(), response.headers.get('x-from'), all.join().toUpperCase());
  globalThis.kept = all.map((text) => new TextEncoder().encode(text));
  console.log(all.join());
`;

const padding = `/* ${'long '.repeat(100)} */`;

const programs: readonly Program[] = [
  { source: `${padding} ${uses} all.length` },
  { source: `${padding} ${uses} export default all.length` },
  {
    source: `import './a.js'; import './b.js'; ${padding} ${uses} export default all.length`,
    modules: {
      'https://code.example/a.js': 'globalThis.a = [1]',
      'https://code.example/b.js': 'globalThis.b = [2]',
    },
  },
  {
    source: `import './a.js'; import './b.js'; ${padding} export default 1`,
    modules: {
      'https://code.example/a.js': 'globalThis.a = [1]',
      'https://code.example/b.js': `globalThis.b = JSON.stringify([input, args, env]).split('-')`,
    },
  },
  {
    source: `import './a.js'; import './b.js'; ${padding} export default 1`,
    modules: {
      'https://code.example/a.js': 'globalThis.a = [1]',
      'https://code.example/b.js': uses,
    },
  },
  {
    source: `${padding} ${uses} const m = await import('./a.js'); m.default`,
    modules: { 'https://code.example/a.js': 'export default globalThis.kept.length' },
  },
];

test('images have nothing of inputs, environments, requests or responses', async () => {
  const machines = await watchMachines();
  const names = ['input', 'key', 'argument', 'environment', 'name', 'response'];
  for (let round = 0; round < 3; round++) {
    for (const program of programs) {
      const run = await machines.run({ ...program, inputs, response: secret('response') });
      expect(run.outcome).toMatchObject({ status: 'success' });
      expect(machines.differences()).toEqual([]);
    }
  }
  expect(machines.codeImages.length).toBeGreaterThan(programs.length);
  for (const { content } of machines.codeImages) {
    for (const name of names) {
      for (const text of [secret(name), secret(name).toUpperCase(), `secret-${name}`]) {
        expect(content.includes(text)).toBe(false);
        expect(content.includes(Buffer.from(text, 'utf16le'))).toBe(false);
      }
    }
  }
});

test('the search finds what is there', async () => {
  const machines = await watchMachines();
  await machines.run({ source: `${padding} 'this is in the code'` });
  expect(machines.codeImages.some(({ content }) => content.includes('this is in the code'))).toBe(
    true,
  );
});
