/** What an image of a module has: its evaluation, where that depends on nothing but its text. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type WatchedMachines, watchMachines } from '../../../support/guest/machine-memory.ts';

const { Memory } = WebAssembly;
let machines: WatchedMachines;
beforeAll(async () => {
  machines = await watchMachines();
});
afterAll(() => {
  WebAssembly.Memory = Memory;
});

/** Enough that an image is made. */
const long = `/* ${'long '.repeat(80)} */\n`;
const made = `['all', 'of', 'it'].join('-')`;

/** @returns how many images three runs of a module have taken, and how many have the text that it makes */
async function imagesOf(code: string, expected: object): Promise<readonly [number, number]> {
  const before = machines.codeImages.length;
  for (let round = 0; round < 3; round++) {
    const { outcome } = await machines.run({ source: long + code, inputs: { inputJson: '3' } });
    expect(outcome).toMatchObject(expected);
    expect(machines.differences()).toEqual([]);
  }
  const images = machines.codeImages.slice(before);
  return [images.length, images.filter(({ content }) => content.includes('all-of-it')).length];
}

test('a module that touches nothing outside of its realm is evaluated once', async () => {
  const code = `const made = ${made}; let calls = 0; export default (n) => [made, n, ++calls]`;
  expect(await imagesOf(code, { resultJson: '["all-of-it",3,1]' })).toEqual([2, 1]);
});

test.each([
  ['its input', 'input'],
  ['its environment', 'env.NAME'],
  ['the clock', 'Date.now()'],
  ['a random number', 'Math.random()'],
  ['what it prints to', 'console.log()'],
  ['what awaits', 'await null'],
])('a module that touches %s is evaluated in each run', async (_what, expression) => {
  const code = `const made = ${made}; ${expression}; export default (n) => [made, n]`;
  expect(await imagesOf(code, { resultJson: '["all-of-it",3]' })).toEqual([1, 0]);
});

test('a module that throws is compiled once', async () => {
  const code = `const made = ${made}; throw new Error(made); export default made`;
  expect(await imagesOf(code, { error: { message: 'all-of-it' } })).toEqual([1, 0]);
});
