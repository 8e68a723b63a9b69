import { beforeAll, describe, expect, test } from '@jest/globals';
import { asOutcome, evaluateInNode } from '../../../support/guest/node.ts';
import { evaluate } from '../../../support/guest/realm.ts';
import { cryptoExpressions, cryptoPreamble } from './crypto-expressions.ts';
import { expressions } from './expressions.ts';
import { intlExpressions } from './intl-expressions.ts';
import { messagingExpressions } from './messaging-expressions.ts';

interface Area {
  readonly name: string;
  readonly preamble: string;
  readonly expressions: readonly string[];
}

const areas: Area[] = [
  ...Object.entries(expressions).map(([name, list]) => ({ name, preamble: '', expressions: list })),
  { name: 'Intl', preamble: '', expressions: intlExpressions },
  { name: 'messages', preamble: '', expressions: messagingExpressions },
  { name: 'crypto', preamble: cryptoPreamble, expressions: cryptoExpressions },
];

describe.each(areas)('$name is that of Node.js', ({ preamble, expressions }) => {
  const whole = expressions.map(
    (expression) => `await (async () => { ${preamble} return ${expression}; })()`,
  );
  let expected: string[] = [];
  beforeAll(async () => {
    expected = await evaluateInNode(whole);
  });

  test.each(expressions.map((expression, index) => [expression, index]))('%s', async (_, index) => {
    const here = await evaluate(`await ${asOutcome(whole[Number(index)] ?? '')}`);
    expect(here.error).toBeNull();
    expect(here.value).toBe(expected[Number(index)]);
  });
});
