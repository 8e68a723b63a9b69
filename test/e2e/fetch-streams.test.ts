/** `fetch` with bodies that flow, in both directions, through the server that `npm start` runs. */

import { readdirSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { sandboxesOf } from '../support/processes.ts';
import { startServedEngine } from '../support/served-engine.ts';
import { startStreamingWeb } from '../support/servers/streaming-web.ts';
import { until } from '../support/until.ts';

const web = await startStreamingWeb();
afterAll(() => web.close());

const MIB = 2 ** 20;
const { engine, runScript } = await startServedEngine(
  {
    ENGINE_SANDBOXES: '1',
    ENGINE_FETCH_MAX_REQUESTS: '200',
    ENGINE_FETCH_MAX_REQUEST_BYTES: String(MIB),
    ENGINE_FETCH_MAX_RESPONSE_BYTES: String(64 * MIB),
    ENGINE_FETCH_MAX_TOTAL_BYTES: String(128 * MIB),
  },
  [web.origin],
);

/** Runs a module whose `web` is the origin of the server. */
const run = (module: string, request: object = {}) =>
  runScript(`const web = ${JSON.stringify(web.origin)};\n${module}`, request);

afterEach(() => until(() => web.connections() === 0));

describe('a response', () => {
  test('is there with its headers; who has read enough ends the request', async () => {
    const { result, error, metadata } = await run(`
      const response = await fetch(web + '/endless?ms=60000');
      const reader = response.body.getReader();
      const { value } = await reader.read();
      await reader.cancel();
      export default [response.status, new TextDecoder().decode(value)];`);
    expect({ result, error }).toEqual({ result: [200, 'data: 0\n\n'], error: null });
    expect(metadata.fetch).toEqual({ requests: 1, bytesSent: 0, bytesReceived: 9 });
    expect(metadata.executionTimeMs).toBeLessThan(4_000);
  });

  test('that nobody reads does not keep the run alive, one that is being read does', async () => {
    const unread = await run(`export default (await fetch(web + '/endless')).status`);
    expect(unread).toMatchObject({ result: 200, error: null });
    expect(unread.metadata.executionTimeMs).toBeLessThan(4_000);
    const read = await run(`
      let lines = 0;
      const count = async ({ body }) => { for await (const _ of body) lines += 1; console.log('at the end'); };
      count(await fetch(web + '/lines?count=3&ms=30'));
      export default 'before the end'`);
    expect(read).toMatchObject({ result: 'before the end', stdout: 'at the end\n', error: null });
  });

  test('of which the rest is lost fails with a TypeError that has its place', async () => {
    const { error } = await run(`const response = await fetch(web + '/gone');
      for await (const chunk of response.body) console.log(chunk.length);`);
    expect(error).toMatchObject({
      code: 'RUNTIME_ERROR',
      name: 'TypeError',
      message: 'terminated',
      stack: expect.stringMatching(/TypeError: terminated\n {4}at .*\.js:2:/),
      details: {
        properties: {
          cause: { message: expect.stringContaining('closed the connection before its response') },
        },
      },
    });
  });

  test.each([
    [
      'a chunk',
      'const reader = response.body.getReader(); await reader.read(); await reader.read()',
    ],
    ['all of it', 'await response.text()'],
  ])('that stalls is over with the time of the fetch, for who waits for %s', async (_, read) => {
    const { result } = await run(`
      const response = await fetch(web + '/stalled', { timeoutMs: 1500 });
      try { ${read} } catch (error) {
        globalThis.told = [error instanceof DOMException, error.name, error.message];
      }
      export default told`);
    expect(result).toEqual([
      true,
      'TimeoutError',
      'The request took longer than its limit of 1500 ms (timeoutMs).',
    ]);
  });

  test('that stalls is over with the run', async () => {
    const { error } = await run(`await (await fetch(web + '/stalled')).text()`, {
      limits: { timeoutMs: 300 },
    });
    expect(error?.code).toBe('TIMEOUT');
  });

  test('is aborted in its middle with the reason of the signal', async () => {
    const { result } = await run(`
      const controller = new AbortController();
      const { body } = await fetch(web + '/endless', { signal: controller.signal });
      const reason = new RangeError('enough of it');
      let chunks = 0, told;
      try {
        for await (const _ of body) if (++chunks === 1) setTimeout(() => controller.abort(reason), 50);
      } catch (error) { told = error === reason }
      export default [chunks > 0, told]`);
    expect(result).toEqual([true, true]);
  });

  test.each([
    [
      { maxResponseBytes: 100_000 },
      'The response is over the limit of 100000 bytes (maxResponseBytes).',
    ],
  ])('over a limit fails where it crosses it: %j', async (limits, message) => {
    const { result, metadata } = await run(
      `const { body } = await fetch(web + '/large?bytes=1000000');
       let bytes = 0, told;
       try { for await (const chunk of body) bytes += chunk.length; }
       catch (error) { told = [error.name, error.message, error.stack.includes('.js:2:')]; }
       export default [bytes > 0, bytes <= 100_000, told]`,
      { limits: { fetch: limits } },
    );
    expect(result).toEqual([true, true, ['TypeError', message, true]]);
    expect(metadata.fetch.bytesReceived).toBeLessThan(300_000);
  });

  test('comes no faster than it is read, and leaves the host as it is', async () => {
    const { result } = await run(
      `
      const reader = (await fetch(web + '/large?bytes=${48 * MIB}')).body.getReader();
      await reader.read();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const early = (await (await fetch(web + '/sent')).json()).sent;
      let bytes = 0;
      for (;;) { const { done, value } = await reader.read(); if (done) break; bytes += value.length }
      export default [early < ${16 * MIB}, bytes > ${47 * MIB}]`,
      { limits: { timeoutMs: 20_000 } },
    );
    expect(result).toEqual([true, true]);
  });

  test.each(['gzip', 'br', 'zstd', 'deflate'])('in %s comes as it is sent', async (encoding) => {
    const { result } = await run(`
      const { body } = await fetch(web + '/asked?count=3&encoding=${encoding}');
      const decoder = new TextDecoder();
      const seen = [];
      for await (const chunk of body) {
        seen.push(decoder.decode(chunk));
        if (seen.length < 3) await fetch(web + '/ask');
      }
      export default seen`);
    expect(result).toEqual([0, 1, 2].map((line) => `line ${line} of ünï\n`));
  });
});

test('fifty bodies that nobody reads, and a hundred, leave nothing behind', async () => {
  const openFiles = () => readdirSync(`/proc/${engine.pid}/fd`).length;
  await run('export default 1');
  const sandboxes = sandboxesOf(engine.pid);
  const before = openFiles();
  for (const path of ['/endless', '/large?bytes=1000000', '/stalled', '/lines']) {
    const { result, error } = await run(`
      const all = await Promise.all(Array.from({ length: 50 }, () => fetch(web + '${path}')));
      export default all.every(({ status, body }) => status === 200 && !body.locked)`);
    expect({ result, error }).toEqual({ result: true, error: null });
  }
  const { error } = await run(`
    for (let i = 0; i < 101; i++) await fetch(web + '/stalled');`);
  expect(error).toMatchObject({
    name: 'TypeError',
    message: expect.stringContaining('100 responses'),
  });
  for (let turn = 0; turn < 20; turn++) {
    expect((await run(`export default (await fetch(web + '/endless')).ok`)).result).toBe(true);
    expect(await run(`export default await (await fetch(web + '/json')).json()`)).toMatchObject({
      result: { a: [1, 'ü'] },
      metadata: { fetch: { requests: 1, bytesReceived: 14 } },
    });
  }
  await until(() => web.connections() === 0);
  await until(() => openFiles() <= before);
  expect(sandboxesOf(engine.pid)).toEqual(sandboxes);
});

test('a tee whose other branch nobody reads is bounded by the memory of the run', async () => {
  const { error } = await run(
    `const [mine, theirs] = (await fetch(web + '/large?bytes=${60 * MIB}')).body.tee();
     for await (const _ of mine);`,
    { limits: { memoryMb: 24, timeoutMs: 20_000 } },
  );
  expect(error?.code).toBe('MEMORY_LIMIT');
});

describe('the body of a request', () => {
  test('is sent as it comes', async () => {
    const { result, error, metadata } = await run(`
      let say;
      const body = new ReadableStream({ start(controller) { say = controller } });
      const encoder = new TextEncoder(), decoder = new TextDecoder();
      say.enqueue(encoder.encode('hello'));
      const response = await fetch(web + '/echo', { method: 'POST', body, duplex: 'half' });
      const reader = response.body.getReader();
      const heard = [];
      for (let turn = 0; turn < 5; turn++) {
        heard.push(decoder.decode((await reader.read()).value));
        say.enqueue(encoder.encode('turn ' + turn));
      }
      heard.push(decoder.decode((await reader.read()).value));
      say.close();
      export default [heard, (await reader.read()).done]`);
    const turns = ['hello', 'turn 0', 'turn 1', 'turn 2', 'turn 3', 'turn 4'];
    expect({ result, error }).toEqual({ result: [turns, true], error: null });
    expect(metadata.fetch).toEqual({ requests: 1, bytesSent: 35, bytesReceived: 35 });
  });

  test('over the cap ends the request', async () => {
    const { result, metadata } = await run(`
      let pulls = 0, cancelled = false;
      const body = new ReadableStream({
        pull(controller) { pulls += 1; controller.enqueue(new Uint8Array(100_000)) },
        cancel() { cancelled = true },
      });
      let told;
      try { await fetch(web + '/collect', { method: 'POST', body, duplex: 'half' }) }
      catch (error) { told = [error.name, error.message] }
      while (!cancelled) await new Promise((resolve) => setTimeout(resolve, 10));
      export default [told, pulls < 15, cancelled]`);
    expect(result).toEqual([
      [
        'TypeError',
        'The quota of this run is used up: 1048576 bytes for the body of a request (maxRequestBytes).',
      ],
      true,
      true,
    ]);
    expect(metadata.fetch.bytesSent).toBeLessThanOrEqual(MIB);
  });

  test('is sent no faster than it is taken', async () => {
    const { result } = await run(`
      let bytes = 0;
      const body = new ReadableStream({
        pull(controller) { bytes += 1000; controller.enqueue(new Uint8Array(1000)); if (bytes === 500_000) controller.close() },
      });
      const response = await fetch(web + '/collect', { method: 'POST', body, duplex: 'half' });
      export default (await response.json()).chunks.join('').length`);
    expect(result).toBe(500_000);
  });

  test('that the server does not wait for is given up', async () => {
    const { result } = await run(`
      let cancelled = false;
      const body = new ReadableStream({
        async pull(controller) { await new Promise((resolve) => setTimeout(resolve, 5)); controller.enqueue(new Uint8Array(10)) },
        cancel() { cancelled = true },
      });
      const response = await fetch(web + '/early', { method: 'POST', body, duplex: 'half' });
      const text = await response.text();
      while (!cancelled) await new Promise((resolve) => setTimeout(resolve, 10));
      export default [response.status, text, cancelled]`);
    expect(result).toEqual([413, 'too much', true]);
  });
});
