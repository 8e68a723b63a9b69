/** Streamed answers as the pipeline gives them, and what they leave for the operator. */

import type { Readable } from 'node:stream';
import { describe, expect, jest, test } from '@jest/globals';
import { EngineError } from '../../lambda/contract/errors.ts';
import type { Execution, ExecutionContext } from '../../lambda/contract/execution.ts';
import { eventsOf, type Format, formats, printed } from '../support/event-reader.ts';
import { execution, fakeEngine } from '../support/fake-engine.ts';
import { handlerOf, post, streamingHandlerOf } from '../support/lambda/handler.ts';
import { printedLines } from '../support/printed-lines.ts';
import { until } from '../support/until.ts';

const lines = printedLines();
const records = () => lines.map((line) => JSON.parse(line));
const invocations = () => records().filter(({ message }) => message === 'invocation');

const { metadata } = execution();
const start = { event: 'start', data: { ...metadata } } as const;
const quiet = execution({ stdout: '' });
const entry = { level: 'info', message: 'm', timestamp: metadata.timestamp, fields: null } as const;

function asking(accept: string = formats[0]) {
  const event = post({ url: 'https://example.com/hello.js' });
  return { ...event, headers: { ...event.headers, Accept: accept } };
}

/** An engine that tells of a start, and then does what a test says. */
function engineThat(then: (context: ExecutionContext) => Execution | Promise<Execution>) {
  return fakeEngine((_, context) => {
    context.observer?.tell(start);
    return then(context);
  });
}

describe('a streamed answer', () => {
  test.each(formats)('has status, headers and events of %s', async (format) => {
    const engine = engineThat(({ observer }) => {
      observer?.tell({ event: 'stdout', data: { text: 'hello\n' } });
      return quiet;
    });
    const { statusCode, headers, body } = await streamingHandlerOf(engine)(asking(format));
    expect([statusCode, headers]).toEqual([
      200,
      expect.objectContaining({
        'content-type': format,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.any(String),
      }),
    ]);
    const events = await eventsOf(body as Readable, format as Format);
    expect(events.map(({ event }) => event)).toEqual(['start', 'stdout', 'end']);
    const whole = await handlerOf(fakeEngine(() => quiet))(post({ url: 'https://example.com/' }));
    expect(events[2]?.data).toEqual(whole.json);
  });

  test.each([
    [['text/event-stream', 'application/json;q=0.1'], 'text/event-stream'],
    [['application/json', 'text/event-stream;q=0.9'], 'application/json'],
    [['application/json;q=0.5', '*/*;q=0.1', 'application/x-ndjson'], 'application/x-ndjson'],
  ])('is what all lines of Accept ask for together: %j', async (lines, type) => {
    const event = asking(lines.at(-1));
    const given = { ...event, multiValueHeaders: { ...event.multiValueHeaders, Accept: lines } };
    const { headers, body } = await streamingHandlerOf(engineThat(() => quiet))(given);
    expect(headers?.['content-type']).toBe(type);
    if (typeof body !== 'string') await eventsOf(body as Readable, type as Format);
  });

  test('is there when the code begins to run, long before it ends', async () => {
    const end = Promise.withResolvers<Execution>();
    const { body } = await streamingHandlerOf(engineThat(() => end.promise))(asking());
    expect(invocations()).toEqual([]);
    end.resolve(quiet);
    expect((await eventsOf(body as Readable)).at(-1)?.event).toBe('end');
  });

  test('is JSON where the handler is the one for whole answers, whatever is asked for', async () => {
    const { json, headers } = await handlerOf(fakeEngine())(asking());
    expect([headers['content-type'], json.stdout]).toEqual(['application/json', 'hello\n']);
  });

  test('leaves line, metrics and entries of the script log when the last event leaves', async () => {
    const written: unknown[] = [];
    const scriptLog = {
      write: async (entries: unknown) => void written.push(entries),
      takeDropped: () => 0,
    };
    const end = Promise.withResolvers<Execution>();
    const handler = streamingHandlerOf(
      engineThat(() => end.promise),
      { scriptLog },
    );
    const { body } = await handler(asking());
    end.resolve({ ...quiet, logs: [entry] });
    for await (const chunk of body as Readable) {
      if (!String(chunk).includes('event: end')) continue;
      expect(written).toEqual([[entry]]);
      expect(invocations()).toMatchObject([
        { http_status: 200, outcome: 'SUCCESS', response_length: expect.any(Number) },
      ]);
      expect(records().filter((line) => '_aws' in line)).toMatchObject([{ Executions: 1 }]);
    }
    expect(invocations()).toHaveLength(1);
  });

  test.each([
    [
      'an execution that did not come to run',
      async () => execution({ error: failure('DOWNLOAD_FAILED') }),
      502,
    ],
    ['an error', () => Promise.reject(new EngineError('OVERLOADED', 'full')), 503],
    ['a defect', () => Promise.reject(new Error('secret')), 500],
  ] as const)('is an ordinary one for %s', async (_, answer, status) => {
    const { statusCode, headers, body } = await streamingHandlerOf(fakeEngine(answer))(asking());
    expect([statusCode, headers?.['content-type']]).toEqual([status, 'application/json']);
    expect(JSON.parse(String(body)).status).toBe('error');
    expect(invocations()).toMatchObject([{ http_status: status }]);
  });

  test('ends with an event where the engine fails while the code runs', async () => {
    const engine = engineThat(async ({ observer }) => {
      observer?.tell({ event: 'stdout', data: { text: 'x' } });
      throw new Error('secret');
    });
    const { body } = await streamingHandlerOf(engine)(asking());
    const events = await eventsOf(body as Readable);
    expect(printed(events)).toBe('x');
    expect(events.at(-1)?.data).toMatchObject({
      error: { code: 'INTERNAL_ERROR' },
      metadata: { sha256: metadata.sha256 },
    });
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(records()).toContainEqual(expect.objectContaining({ message: 'INTERNAL_ERROR' }));
  });

  test('ends with an event before its invocation does, and ends the run, whatever the engine does', async () => {
    let ended: AbortSignal | undefined;
    const engine = engineThat(({ abandoned }) => {
      ended = abandoned ?? undefined;
      return new Promise(() => {});
    });
    const context = { getRemainingTimeInMillis: () => 300 };
    const { body } = await streamingHandlerOf(engine)(asking(), context);
    const events = await eventsOf(body as Readable);
    expect(events.at(-1)?.data.error.code).toBe('INTERNAL_ERROR');
    expect(ended?.aborted).toBe(true);
  });

  test('ends its run where the reader goes, and says so in the log', async () => {
    const aborted = jest.fn();
    const engine = engineThat(
      ({ abandoned }) =>
        new Promise((_, reject) => {
          abandoned?.addEventListener('abort', () => {
            aborted();
            reject(new Error('abandoned'));
          });
        }),
    );
    const { body } = await streamingHandlerOf(engine)(asking());
    (body as Readable).destroy();
    await until(() => invocations().length === 1);
    expect(aborted).toHaveBeenCalledTimes(1);
    expect(invocations()).toMatchObject([{ http_status: 499 }]);
    expect(records().filter(({ message }) => message === 'INTERNAL_ERROR')).toEqual([]);
  });

  test('ends its run also where the caller goes before there is an answer', async () => {
    const caller = new AbortController();
    const engine = fakeEngine(
      (_, { abandoned }) =>
        new Promise((_resolve, reject) => {
          abandoned?.addEventListener('abort', () => reject(new EngineError('OVERLOADED', 'gone')));
        }),
    );
    const answer = streamingHandlerOf(engine)(asking(), { abandoned: caller.signal });
    await until(() => engine.calls.length === 1);
    caller.abort();
    expect(await answer).toMatchObject({ statusCode: 503 });
  });
});

function failure(code: 'DOWNLOAD_FAILED') {
  return { code, name: 'DownloadFailed', message: 'no', stack: null, details: null };
}
