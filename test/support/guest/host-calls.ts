/** The calls of a guest, answered by functions of a test instead of the host. */

import {
  type CallName,
  type CallRequest,
  type CallResult,
  hostCalls,
} from '../../../lambda/contract/calls.ts';
import type { PendingCall, RunHost } from '../../../lambda/guest/runtime/runtime.ts';

export type CallAnswers = {
  readonly [Name in CallName]?: (
    request: CallRequest<Name>,
    body: Uint8Array,
  ) => PendingCall<Name> | Promise<CallResult<Name>>;
};

/** @param answers by the call's name; a call that has none fails, as without a network */
export function answeredBy(answers: CallAnswers): RunHost['call'] {
  return (name, request, body = new Uint8Array()) => {
    const answer = answers[name]?.(request, body);
    if (answer === undefined) {
      const failure = hostCalls[name].failed('aborted', 'There is no network here');
      return { result: Promise.resolve(failure), abort() {} };
    }
    return 'abort' in answer ? answer : { result: answer, abort() {} };
  };
}
