import type { Context } from 'aws-lambda';
import type {
  Engine,
  ExecuteRequest,
  Execution,
  ExecutionContext,
} from '../../lambda/contract/execution.ts';

/** An execution that went well. */
export function execution(over: Partial<Execution> = {}): Execution {
  return {
    resultJson: '{"answer":42}',
    stdout: 'hello\n',
    stderr: '',
    logs: [],
    files: [],
    error: null,
    metadata: {
      requestId: 'request-1',
      url: 'https://example.com/hello.js',
      codeType: 'javascript',
      detectedBy: 'content-type',
      timestamp: '2026-11-22T07:00:00.000Z',
      executionTimeMs: 1.24,
      downloadTimeMs: 18.7,
      cpuTimeMs: 1.1,
      memoryPeakBytes: 1_900_544,
      resourceSizeBytes: 312,
      sha256: 'ab'.repeat(32),
      exitCode: null,
      fetch: { requests: 0, bytesSent: 0, bytesReceived: 0 },
      truncated: { stdout: false, stderr: false, logs: false, files: false, error: false },
    },
    fetchesRefused: 0,
    ...over,
  };
}

export interface FakeEngine extends Engine {
  readonly calls: { readonly request: ExecuteRequest; readonly context: ExecutionContext }[];
}

/** An engine that answers as told and remembers what it was asked. */
export function fakeEngine(
  answer: (request: ExecuteRequest) => Execution | Promise<Execution> = () => execution(),
): FakeEngine {
  const calls: FakeEngine['calls'] = [];
  return {
    calls,
    async execute(request, context) {
      calls.push({ request, context });
      return answer(request);
    },
    health: () => ({ size: 2, idle: 1, busy: 0, starting: 1, queued: 0, failedStarts: 0 }),
    async close() {},
  };
}

/** What Lambda hands to a handler beside the event. */
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
