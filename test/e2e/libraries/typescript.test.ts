/** TypeScript as packages ship it, in the engine and in Node.js. */

import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { ownPrograms } from '../../conformance/typescript/programs.ts';
import { runTypeScript } from '../../conformance/typescript/run.ts';

const packages = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

test('sources of ten packages give what they give in Node.js, and fail at the same places', async () => {
  const outcomes = await runTypeScript(packages, ownPrograms);
  expect(outcomes.filter(({ passed }) => !passed)).toEqual([]);
  expect(outcomes.length).toBe(ownPrograms.length);
}, 300_000);
