/** `dist/` as Lambda runs it behind a REST API whose methods stream, under our own runtime and AWS's. */

import { buffer, text } from 'node:stream/consumers';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventReader, eventsOf, printed } from '../support/event-reader.ts';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import {
  createImage,
  type Environment,
  type Image,
  startEnvironment,
} from '../support/lambda/environment.ts';
import { executeEvent } from '../support/lambda/event.ts';
import type { InvocationOptions, StreamedReply } from '../support/lambda/runtime-api.ts';
import { runtimeClientFiles } from '../support/lambda/runtime-client.ts';
import { type LongStream, longStream, measureStream } from '../support/long-stream.ts';
import { type Gates, startGates } from '../support/servers/gates.ts';
import { until } from '../support/until.ts';

const { code, handler, variables } = synthesizeArtefact();
const runtimes: (readonly [string, readonly string[] | undefined])[] = [
  ['a runtime of the tests', undefined],
  ...(runtimeClientFiles === null ? [] : ([["AWS's runtime client", runtimeClientFiles]] as const)),
];
let environment: Environment;
let gates: Gates;

async function invoke(
  request: object,
  accept = 'text/event-stream',
  options?: InvocationOptions,
): Promise<StreamedReply> {
  const event = executeEvent(request as { url: string });
  const reply = await environment.invoke(
    { ...event, headers: { ...event.headers, accept } },
    options,
  );
  if (reply.kind !== 'stream') throw new Error(`This is no stream: ${JSON.stringify(reply)}`);
  return reply;
}

/** Code that waits for the test at a gate of its own. */
const at = (gate: string) => `await fetch('${gates.url(gate)}');`;
/** Code that prints without end, now and then. */
const printing = `for (;;) { console.log('x'); await new Promise((resolve) => setTimeout(resolve, 100)); }`;
const logged = () => environment.log.map((line) => JSON.parse(line));

describe.each(runtimes)('the streaming artefact on Lambda, under %s,', (_runtime, files) => {
  let image: Image;
  const start = () =>
    startEnvironment(image, {
      ...variables,
      _HANDLER: handler,
      ENGINE_PLAYGROUND: 'true',
      ENGINE_TRUSTED_ORIGINS: gates.origin,
    });

  beforeAll(async () => {
    gates = await startGates();
    image = await createImage(code, files);
    environment = await start();
  });
  afterAll(async () => {
    await environment.shutDown();
    await image.remove();
    await gates.close();
  });

  test('starts, and answers in JSON where nobody asks for a stream', async () => {
    expect(environment.started).toBe('ready');
    const { statusCode, headers, body } = await invoke({ code: `console.log('hi'); 42` }, '*/*');
    expect([statusCode, headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(await text(body))).toMatchObject({ result: 42, stdout: 'hi\n' });
  });

  test('sends events behind status and headers, each when it happens', async () => {
    // It goes on when the line that it has printed has been read.
    const script = `for (let i = 0; i < 5; i++) {
      console.log(i); await fetch('${gates.url('line')}' + i);
    } 'done'`;
    const { statusCode, headers, body, errorType } = await invoke({ code: script });
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream']);
    const names: string[] = [];
    const read = eventReader('text/event-stream', ({ event, data }) => {
      names.push(data.text ?? event);
      if (event === 'stdout') gates.open(`line${data.text.trim()}`);
    });
    for await (const chunk of body) read(chunk);
    expect(names).toEqual(['start', '0\n', '1\n', '2\n', '3\n', '4\n', 'end']);
    expect(errorType()).toBeUndefined();
  });

  test.each([
    ['a request that does not fit', { code: '1', nope: 1 }, 400],
    ['a forbidden URL', { url: 'http://10.0.0.1/x.js' }, 403],
    ['a page', { code: '<!doctype html>' }, 422],
  ])('keeps the status of %s', async (_, request, status) => {
    const { statusCode, headers, body } = await invoke(request);
    expect([statusCode, headers['content-type']]).toEqual([status, 'application/json']);
    expect(JSON.parse(await text(body)).status).toBe('error');
  });

  test.each([
    ['that throws', `console.log('x'); throw new RangeError('no');`, 'RUNTIME_ERROR'],
    [
      'that takes all memory',
      `console.log('x'); const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1));`,
      'MEMORY_LIMIT',
    ],
    ['that never ends', `console.log('x'); for (;;);`, 'TIMEOUT'],
  ])('tells in the last event of a script %s, after what it printed', async (_, source, error) => {
    const { statusCode, body, errorType } = await invoke({
      code: source,
      limits: { timeoutMs: error === 'TIMEOUT' ? 2000 : 20_000 },
    });
    const events = await eventsOf(body);
    expect([statusCode, printed(events)]).toEqual([200, 'x\n']);
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { error: { code: error } } });
    expect(errorType()).toBeUndefined();
  });

  test('sends 50 MB over seconds, in order and without loss, from a host that stays as it is', async () => {
    const stream: LongStream = { seconds: 5, megabytes: 50 };
    const format = 'application/x-ndjson';
    const options = { timeoutMs: 120_000 };
    const { statusCode, body } = await invoke(longStream(stream), format, options);
    expect(statusCode).toBe(200);
    const [runtime = 0] = environment.processes();
    const measured = await measureStream(stream, body, format, runtime);
    expect(measured).toMatchObject({ lost: 0, last: 'end', error: null });
    expect(measured.seconds).toBeGreaterThan(stream.seconds / 2);
    expect(measured.grownMb).toBeLessThan(50);
  });

  test('ends at SIGTERM within a stream, and leaves no process behind', async () => {
    const other = environment;
    environment = await start();
    try {
      const { body } = await invoke({
        code: `${at('ends')} ${printing}`,
        limits: { timeoutMs: 60_000 },
      });
      const reading = text(body).catch((error: Error) => error.message);
      gates.open('ends');
      await gates.reached('ends');
      expect(await environment.shutDown()).toEqual([]);
      await reading;
    } finally {
      environment = other;
    }
  });

  test('serves the playground, compressed, as the bytes that browsers get', async () => {
    const { body: _, ...event } = executeEvent({ url: '' });
    const headers = { 'Accept-Encoding': 'gzip, br' };
    const reply = await environment.invoke({ ...event, path: '/', httpMethod: 'GET', headers });
    if (reply.kind !== 'stream') throw new Error('This is no stream');
    expect([reply.statusCode, reply.headers['content-encoding']]).toEqual([200, 'br']);
    const page = brotliDecompressSync(await buffer(reply.body)).toString();
    expect(page).toMatch(/^<!doctype html>/);
  });

  test('sends what an answer in JSON could never hold', async () => {
    const script = `for (let i = 0; i < 20; i++) console.log('漢'.repeat(500_000)); 'done'`;
    const { body } = await invoke({ code: script, limits: { timeoutMs: 20_000 } });
    const events = await eventsOf(body);
    expect(printed(events)).toBe(`${'漢'.repeat(500_000)}\n`.repeat(20));
    expect(events.at(-1)?.data.result).toBe('done');
  });

  test('ends with its event before its invocation is over, however long a script may run', async () => {
    const deadline = Date.now() + 4000;
    const request = { code: `console.log('x'); for (;;);`, limits: { timeoutMs: 60_000 } };
    const { body } = await invoke(request, undefined, { timeoutMs: 4000 });
    const events = await eventsOf(body);
    expect(Date.now()).toBeLessThan(deadline);
    expect(printed(events)).toBe('x\n');
    expect(events.at(-1)?.data.error.code).toBe('TIMEOUT');
  });

  test('survives a sandbox that dies in the middle of a stream', async () => {
    const dying = await invoke({
      code: `console.log('x'); ${at('dies')}`,
    });
    await gates.reached('dies');
    const [runtime] = environment.processes();
    for (const pid of environment.processes()) if (pid !== runtime) process.kill(pid, 'SIGKILL');
    const events = await eventsOf(dying.body);
    expect(events.at(-1)?.data.error.code).toBe('SANDBOX_CRASHED');
    expect(dying.errorType()).toBeUndefined();
    const { body } = await invoke({ code: '7 * 6' });
    expect((await eventsOf(body)).at(-1)?.data.result).toBe(42);
    expect(environment.processes()[0]).toBe(runtime);
  });

  // Lambda reads on when a caller goes away. AWS's client ends the process where that connection breaks.
  if (files === undefined) {
    test('survives a connection to Lambda that breaks within a stream', async () => {
      const [runtime] = environment.processes();
      const left = await invoke({
        code: `${at('breaks')} ${printing}`,
        limits: { timeoutMs: 60_000 },
      });
      gates.open('breaks');
      await gates.reached('breaks');
      left.body.destroy();
      const { body } = await invoke({ code: '7 * 6' });
      expect((await eventsOf(body)).at(-1)?.data.result).toBe(42);
      expect(environment.processes()[0]).toBe(runtime);
    });
  }

  test('leaves its line in the log before its last event, and metrics of each run once', async () => {
    const { body } = await invoke({ code: `console.log('x'); 1` });
    const events = await eventsOf(body);
    const { requestId } = events[0]?.data ?? {};
    // The line of metrics has no message.
    const own = () =>
      logged().filter(
        ({ request_id, message }) => request_id === requestId && message !== undefined,
      );
    await until(() => own().length > 0);
    expect(own()).toMatchObject([
      { message: 'invocation', outcome: 'SUCCESS', http_status: 200, stdout_length: 0 },
    ]);
    const runs = () =>
      logged().filter(({ message, outcome }) => message === 'invocation' && outcome);
    const metrics = () => logged().filter(({ Executions }) => Executions === 1);
    await until(() => metrics().length === runs().length);
  });
});
