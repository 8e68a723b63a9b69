import { describe, expect, test } from '@jest/globals';
import { parseSandboxMessage } from '../../lambda/sandbox/message.ts';

const log = {
  type: 'log',
  runId: 1,
  level: 'info',
  message: 'm',
  timestamp: '2026-11-22T07:00:00.000Z',
};
const done = {
  type: 'done',
  runId: 1,
  codeType: 'javascript',
  executionTimeMs: 1,
  cpuTimeMs: 1,
  memoryPeakBytes: null,
  kept: [],
  retire: false,
};
const error = { code: 'RUNTIME_ERROR', name: 'E', message: 'm', stack: null, details: null };

const success = { status: 'success', exitCode: null };
const fetching = {
  type: 'call',
  name: 'fetch',
  runId: 1,
  callId: 1,
  request: {
    url: 'http://a/',
    method: 'GET',
    headers: [],
    hasBody: false,
    redirect: 'follow',
    timeoutMs: null,
    whole: false,
    upload: null,
  },
};

const withRequest = (request: object): object => ({ ...fetching, request });
const asking = (name: string, request: object): object => ({ ...fetching, name, request });

function nested(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth));
}

describe('what a sandbox says is checked', () => {
  test.each([
    ['a log entry', { ...log, fields: { a: [1] } }],
    ['a request', fetching],
    ['a request whose body is sent in pieces', withRequest({ ...fetching.request, upload: 1 })],
    ['a read', asking('fetchRead', { rest: 1, whole: false })],
    ['a cancellation', asking('fetchCancel', { rest: 1 })],
    ['a piece', asking('fetchSend', { upload: 1, last: true })],
    ['an outcome', { ...done, outcome: { status: 'error', exitCode: null, error } }],
    ['a result', { ...done, outcome: { status: 'success', exitCode: 0 } }],
  ])('%s is taken', (_what, message) => {
    expect(parseSandboxMessage(message)).toMatchObject(message);
  });

  test.each([
    ['null', null],
    ['a text', 'ready'],
    ['an unknown type', { type: 'exec', runId: 1 }],
    ['a type from the prototype', { type: 'constructor' }],
    [
      'output to a stream that is none',
      { type: 'output', runId: 1, stream: 'log', truncated: false },
    ],
    ['an unknown level', { ...log, level: 'fatal', fields: null }],
    ['a time that is none', { ...log, fields: null, timestamp: 'now' }],
    ['fields a hundred thousand deep', { ...log, fields: nested(100_000) }],
    ['fields just too deep', { ...log, fields: nested(300) }],
    [
      'an error of the host',
      {
        ...done,
        outcome: { status: 'error', exitCode: null, error: { ...error, code: 'URL_NOT_ALLOWED' } },
      },
    ],
    [
      'an unknown error',
      {
        ...done,
        outcome: { status: 'error', exitCode: null, error: { ...error, code: 'NO_SUCH' } },
      },
    ],
    ['an exit code that is no number', { ...done, outcome: { status: 'success', exitCode: '0' } }],
    ['thousands of kept modules', { ...done, outcome: success, kept: Array(1001).fill('a') }],
    ['a kept module that is no hash', { ...done, outcome: success, kept: ['a'.repeat(65)] }],
    [
      'a request with endless headers',
      { ...fetching, request: { ...fetching.request, headers: Array(10_001).fill(['a', 'b']) } },
    ],
    [
      'negative memory',
      {
        ...done,
        memoryPeakBytes: -1,
        outcome: success,
      },
    ],
    ['a body that has no number', withRequest({ ...fetching.request, upload: '1' })],
    [
      'a request that does not say what it waits for',
      withRequest({ ...fetching.request, whole: 1 }),
    ],
    ['a read of nothing', asking('fetchRead', { whole: true })],
    ['a read of half a body', asking('fetchRead', { rest: 0.5, whole: true })],
    ['a read of no size', asking('fetchRead', { rest: 1 })],
    ['a cancellation of what is no number', asking('fetchCancel', { rest: [1] })],
    ['a piece of nothing', asking('fetchSend', { last: false })],
    ['a piece that may be the last', asking('fetchSend', { upload: 1, last: null })],
    ['a request without a method', { ...fetching, request: { url: 'http://a/' } }],
  ])('%s is refused', (_what, message) => {
    expect(parseSandboxMessage(message)).toBeNull();
  });
});
