/** The context of an invocation on this machine. */

import type { WatchedContext } from '../contract/watched-context.ts';

/** The time that the deployed function has. */
export const INVOCATION_MS = 900_000;

/** @param abandoned aborted when nobody waits for the answer any more */
export function localContext(awsRequestId: string, abandoned: AbortSignal): WatchedContext {
  const deadline = performance.now() + INVOCATION_MS;
  return {
    abandoned,
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'local',
    functionVersion: '$LATEST',
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
    invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:local',
    logGroupName: '/aws/lambda/local',
    logStreamName: 'local',
    memoryLimitInMB: '1024',
    done() {},
    fail() {},
    succeed() {},
  };
}
