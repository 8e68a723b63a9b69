/** The context of an invocation: Lambda passes it to the handler, next to the event. */

import type { Context } from 'aws-lambda';

export function lambdaContext(over: Partial<Context> = {}): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'engine',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:engine',
    memoryLimitInMB: '1024',
    awsRequestId: 'lambda-request-1',
    logGroupName: '/aws/lambda/engine',
    logStreamName: '2026/11/22/[$LATEST]0',
    getRemainingTimeInMillis: () => 30_000,
    done() {},
    fail() {},
    succeed() {},
    ...over,
  };
}
