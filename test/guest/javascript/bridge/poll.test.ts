/** The state of a run crosses the bridge as a text and arrives as it was sent. */

import { expect, test } from '@jest/globals';
import {
  decodePoll,
  type Poll,
  type PollText,
  pollText,
} from '../../../../lambda/guest/javascript/bridge/poll.ts';

test.each<readonly [sent: PollText, arrived: Poll]>([
  [pollText.result('{"a":[1,"ew t"]}'), { kind: 'result', json: '{"a":[1,"ew t"]}' }],
  [pollText.error('{"name":"Error"}'), { kind: 'error', json: '{"name":"Error"}' }],
  [pollText.timer(), { kind: 'timer' }],
  [pollText.wait(0.25), { kind: 'wait', ms: 0.25 }],
  [pollText.wait(2 ** 31 - 1), { kind: 'wait', ms: 2 ** 31 - 1 }],
  [pollText.wait(Infinity), { kind: 'wait', ms: Infinity }],
  [pollText.stuck(), { kind: 'stuck' }],
])('%j arrives as %j', (sent, arrived) => {
  expect(decodePoll(sent)).toEqual(arrived);
});

test('a wait that is no number lasts until a task settles', () => {
  expect(decodePoll('wsoon')).toEqual({ kind: 'wait', ms: Infinity });
});

test('a text that is no state is rejected', () => {
  expect(() => decodePoll('x')).toThrow(TypeError);
});
