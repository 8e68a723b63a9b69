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
