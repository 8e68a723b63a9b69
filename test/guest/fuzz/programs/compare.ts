/** Runs generated programs in Node.js and in a realm, and compares what they log. */

import { asOutcome, evaluateInNode } from '../../../support/guest/node.ts';
import { evaluate } from '../../../support/guest/realm.ts';
import { randomFrom } from '../memory-programs.ts';
import { preamble } from './preamble.ts';
import { ownFunction, Scope } from './scope.ts';
import { statement } from './statements.ts';

const MAX_DEPTH = 4;
/** Longer ones are left out. */
const MAX_LENGTH = 50_000;
const BATCH = 40;
/** Turns of the queue of jobs in which what the program has begun comes to its end. */
const JOBS = 60;

interface Difference {
  readonly seed: number;
  readonly program: string;
  readonly here: string;
  readonly inNode: string;
}

interface Report {
  readonly compared: number;
  /** Programs with an error of syntax, in both alike. */
  readonly invalid: number;
  readonly differences: readonly Difference[];
}

/** @returns an expression of what the program logs; asynchronous in every second one */
export function programFrom(seed: number): string {
  const random = randomFrom(seed);
  const mayAwait = random(2) === 0;
  const scope = new Scope(random, { ...ownFunction, mayAwait });
  const body = Array.from({ length: 4 + random(4) }, () => statement(scope, MAX_DEPTH));
  const strict = random(2) === 0 ? `'use strict';` : '';
  const main = `${mayAwait ? 'async ' : ''}function () { ${strict} ${body.join('\n')} }`;
  return `(async () => { ${preamble}
    try { LOG(await (${main})()) } catch (error) { LOG('ended by', error) }
    for (let i = 0; i < ${JOBS}; i++) await null;
    return log.join('\\n');
  })()`;
}

/** @param seed of the first program; each other has the next */
export async function comparePrograms(seed: number, programs: number): Promise<Report> {
  const differences: Difference[] = [];
  let [compared, invalid] = [0, 0];
  for (let from = 0; from < programs; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, programs - from) }, (_, index) => {
      const own = seed + from + index;
      // A text that is evaluated: an error of syntax is that of one program.
      return { seed: own, program: programFrom(own) };
    }).filter(({ program }) => program.length < MAX_LENGTH);
    const asText = batch.map(({ program }) => `(0, eval)(${JSON.stringify(program)})`);
    const expected = await evaluateInNode(asText);
    for (const [index, { seed: own, program }] of batch.entries()) {
      const { value, error } = await evaluate(`await ${asOutcome(asText[index] ?? '')}`);
      const [here, inNode] = [error ?? String(value), expected[index] ?? ''].map(withoutMessage);
      if (here !== inNode) {
        differences.push({ seed: own, program, here: here ?? '', inNode: inNode ?? '' });
      } else if (here?.startsWith('throws SyntaxError')) invalid += 1;
      compared += 1;
    }
  }
  return { compared, invalid, differences };
}

/** Messages are each engine's own. */
function withoutMessage(outcome: string): string {
  return outcome.startsWith('throws ') ? (outcome.split(':')[0] ?? '') : outcome;
}
