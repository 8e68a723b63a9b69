/** Built-ins of the language: scripts come to what they come to in Node.js. */

import { beforeAll, describe, expect, test } from '@jest/globals';
import { asOutcome, evaluateInNode } from '../../../support/guest/node.ts';
import { evaluate } from '../../../support/guest/realm.ts';
import { expressions } from './expressions.ts';

const areas = Object.entries(expressions).map(([name, list]) => ({ name, list }));

describe.each(areas)('$name: what Node.js has', ({ list }) => {
  let expected: string[] = [];
  beforeAll(async () => {
    expected = await evaluateInNode(list);
  });

  test.each(list.map((expression, index) => [expression, index] as const))(
    '%s',
    async (expression, index) => {
      const { value, error } = await evaluate(`await ${asOutcome(expression)}`);
      expect(error).toBeNull();
      expect(value).toBe(expected[index]);
    },
  );
});

test('arrays in arrays have a text, however deep, where V8 runs out of stack', async () => {
  const { value, error } = await evaluate(
    `(() => { let deep = [7]; for (let i = 0; i < 20_000; i++) deep = [deep]; return [String(deep), deep.toLocaleString()].join(); })()`,
  );
  expect(error).toBeNull();
  expect(value).toBe('7,7');
});
