/** An engine that runs nothing: tests of the API say what it answers, and see what it was given. */

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
      imports: { requests: 0, bytesReceived: 0, timeMs: 0 },
      missingOutputs: [],
      truncated: { stdout: false, stderr: false, logs: false, files: false, error: false },
    },
    fetchesRefused: 0,
    items: null,
    ...over,
  };
}

export interface FakeEngine extends Engine {
  readonly calls: { readonly request: ExecuteRequest; readonly context: ExecutionContext }[];
}

/** @param answer gives the execution that each request ends with */
export function fakeEngine(
  answer: (
    request: ExecuteRequest,
    context: ExecutionContext,
  ) => Execution | Promise<Execution> = () => execution(),
): FakeEngine {
  const calls: FakeEngine['calls'] = [];
  return {
    calls,
    async execute(request, context) {
      calls.push({ request, context });
      return answer(request, context);
    },
    health: () => ({
      size: 2,
      idle: 1,
      busy: 0,
      starting: 1,
      queued: 0,
      failedStarts: 0,
      replaced: 0,
      keptBytes: 0,
      maxKeptBytes: 0,
    }),
    async close() {},
  };
}
