import { expect, test } from '@jest/globals';
import { comparePrograms } from './compare.ts';

test('Generated programs log what they log in Node.js', async () => {
  const { compared, invalid, differences } = await comparePrograms(1, 240);
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(200);
  expect(invalid).toBeLessThan(compared / 5);
});
