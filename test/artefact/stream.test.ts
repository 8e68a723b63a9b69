/** `dist/` as Lambda runs it behind a REST API whose methods stream. */

import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
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
import { until } from '../support/until.ts';

const { code, handler, variables } = synthesizeArtefact();
let image: Image;
let environment: Environment;

beforeAll(async () => {
  image = await createImage(code);
  environment = await startEnvironment(image, {
    ...variables,
    _HANDLER: handler,
    ENGINE_PLAYGROUND: 'true',
  });
});
afterAll(async () => {
  await environment.shutDown();
  await image.remove();
});

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

const pause = 'await new Promise((resolve) => setTimeout(resolve, 100));';
const logged = () => environment.log.map((line) => JSON.parse(line));

describe('the streaming artefact on Lambda', () => {
  test('starts, and answers in JSON where nobody asks for a stream', async () => {
    expect(environment.started).toBe('ready');
    const { statusCode, headers, body } = await invoke({ code: `console.log('hi'); 42` }, '*/*');
    expect([statusCode, headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(await text(body))).toMatchObject({ result: 42, stdout: 'hi\n' });
  });

  test('sends events behind status and headers, each when it happens', async () => {
    const script = `for (let i = 0; i < 5; i++) { console.log(i); ${pause} } 'done'`;
    const { statusCode, headers, body, errorType } = await invoke({ code: script });
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream']);
    const arrivals: [string, number][] = [];
    const read = eventReader('text/event-stream', ({ event, data }) =>
      arrivals.push([data.text ?? event, performance.now()]),
    );
    for await (const chunk of body) read(chunk);
    expect(arrivals.map(([name]) => name)).toEqual([
      'start',
      '0\n',
      '1\n',
      '2\n',
      '3\n',
      '4\n',
      'end',
    ]);
    const gaps = arrivals.slice(2).map(([, at], index) => at - (arrivals[index + 1]?.[1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(20);
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

  test('survives a sandbox that dies, and a gateway that goes away, in the middle of a stream', async () => {
    const dying = await invoke({
      code: `console.log('x'); await new Promise((r) => setTimeout(r, 5000));`,
    });
    const [runtime] = environment.processes();
    for (const pid of environment.processes()) if (pid !== runtime) process.kill(pid, 'SIGKILL');
    const events = await eventsOf(dying.body);
    expect(events.at(-1)?.data.error.code).toBe('SANDBOX_CRASHED');
    expect(dying.errorType()).toBeUndefined();

    const left = await invoke({
      code: `for (;;) { console.log('x'); ${pause} }`,
      limits: { timeoutMs: 60_000 },
    });
    await sleep(200);
    left.body.destroy();
    const { body } = await invoke({ code: '7 * 6' });
    expect((await eventsOf(body)).at(-1)?.data.result).toBe(42);
    expect(environment.processes()[0]).toBe(runtime);
  });

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
