/** How events become requests, and executions become answers. */

import { describe, expect, test } from '@jest/globals';
import { responseSchema } from '../../lambda/api/response.ts';
import { EngineError, requestErrorCodes } from '../../lambda/contract/errors.ts';
import { execution, fakeEngine } from '../support/fake-engine.ts';
import { readEvent } from '../support/lambda/event.ts';
import { handlerOf, post } from '../support/lambda/handler.ts';
import { printedLines } from '../support/printed-lines.ts';

const schema = responseSchema();
const url = 'https://example.com/hello.js';
const lines = printedLines();

describe.each(['rest', 'http', 'function-url'])('an event of kind %s', (kind) => {
  test('executes what POST /execute asks for', async () => {
    const engine = fakeEngine();
    const result = await handlerOf(engine)(readEvent(`execute-${kind}.json`));
    expect(result.statusCode).toBe(200);
    expect(result.json).toMatchObject({ status: 'success', result: { answer: 42 } });
    expect(schema.safeParse(result.json).error).toBeUndefined();
    const [call] = engine.calls;
    expect(call?.request).toMatchObject({
      source: { kind: 'url', url },
      inputs: { inputJson: '{"name":"Ada"}' },
    });
    expect(call?.context.requestId).toBe(
      readEvent(`execute-${kind}.json`).requestContext.requestId,
    );
    expect(result.headers['x-request-id']).toBe(call?.context.requestId);
  });

  test('gets the health', async () => {
    const result = await handlerOf()(readEvent(`health-${kind}.json`));
    expect(result.statusCode).toBe(200);
    expect(result.json).toEqual({
      status: 'ok',
      version: '1.2.3',
      sandboxes: {
        size: 2,
        idle: 1,
        busy: 0,
        starting: 1,
        queued: 0,
        failedStarts: 0,
        replaced: 0,
        keptBytes: 0,
        maxKeptBytes: 0,
      },
    });
  });
});

describe('paths', () => {
  const get = (path: string, over = {}) => ({
    ...readEvent('health-rest.json'),
    resource: '/{proxy+}',
    path,
    ...over,
  });

  test.each([
    ['a trailing slash', get('/health/')],
    ['a stage', get('/prod/health')],
    ['a stage and a trailing slash', get('/prod/health/')],
    ['a base path, as the gateway names the route', get('/v1/health', { resource: '/health' })],
  ])('may have %s', async (_, event) => {
    expect((await handlerOf()(event)).statusCode).toBe(200);
  });

  test('lead to the OpenAPI document', async () => {
    const result = await handlerOf()(get('/openapi.json'));
    expect(result.json.openapi).toBe('3.1.0');
  });

  test('answer HEAD without a body where they answer GET', async () => {
    const result = await handlerOf()(get('/health', { httpMethod: 'HEAD' }));
    expect([result.statusCode, result.body]).toEqual([200, '']);
  });

  test.each([
    '/',
    '//',
    '/nope',
    '/execute/x',
    '/other/health',
    '/HEALTH',
    '/__proto__',
    '/constructor',
    '',
  ])('other than those there are are NOT_FOUND: %s', async (path) => {
    const result = await handlerOf()(get(path));
    expect([result.statusCode, result.json.error.code]).toEqual([404, 'NOT_FOUND']);
    expect(schema.safeParse(result.json).error).toBeUndefined();
  });

  test.each([
    ['GET', '/execute', 'POST'],
    ['HEAD', '/execute', 'POST'],
    ['OPTIONS', '/execute', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/openapi.json', 'GET, HEAD'],
    ['__proto__', '/health', 'GET, HEAD'],
  ])('answer %s %s with the methods they have', async (httpMethod, path, allow) => {
    const result = await handlerOf()(get(path, { httpMethod }));
    expect([result.statusCode, result.headers.allow]).toEqual([405, allow]);
    if (httpMethod !== 'HEAD') expect(result.json.error.code).toBe('METHOD_NOT_ALLOWED');
  });
});

describe('a body', () => {
  const type = (value: string | null) => ({
    headers: value === null ? {} : { 'CONTENT-type': value },
  });
  const deep = (depth: number) =>
    `{"url":"${url}","input":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const base64 = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64');
  const coded = { isBase64Encoded: true };

  test.each<readonly [string, string, object]>([
    ['has no content type', `{"url":"${url}"}`, type(null)],
    ['is JSON with a charset', `{"url":"${url}"}`, type('Application/JSON; Charset="UTF-8"')],
    ['is JSON of a kind', `{"url":"${url}"}`, type('application/vnd.engine+json')],
    ['has a byte order mark', `\uFEFF{"url":"${url}"}`, {}],
    ['has white space around it', `\r\n\t {"url":"${url}"} \n`, {}],
    ['has a key twice: the last counts', `{"url":"x","url":"${url}"}`, {}],
    ['nests as deep as allowed', deep(255), {}],
    ['has brackets in a text', `{"url":"${url}","stdin":"${'[\\"{'.repeat(300)}"}`, {}],
    ['comes in base64', base64(`\uFEFF{"url":"${url}"}`), coded],
    ['is as large as allowed', `{"url":"${url}"}`.padStart(2000), {}],
  ])('is accepted where it %s', async (_, body, over) => {
    const engine = fakeEngine();
    expect((await handlerOf(engine)(post(body, over))).json.error).toBeNull();
    expect(engine.calls[0]?.request.source).toEqual({ kind: 'url', url });
  });

  test.each<readonly [string, string, object, number, string]>([
    ['is empty', '', {}, 400, 'INVALID_REQUEST'],
    ['is blank', ' \n', {}, 400, 'INVALID_REQUEST'],
    ['is missing', '', { body: null }, 400, 'INVALID_REQUEST'],
    ['is not JSON', '{url:1}', {}, 400, 'INVALID_REQUEST'],
    ['is cut off', `{"url":"${url}"`, {}, 400, 'INVALID_REQUEST'],
    ['is two values', `{"url":"${url}"}{}`, {}, 400, 'INVALID_REQUEST'],
    ['is an array', '[]', {}, 400, 'INVALID_REQUEST'],
    ['nests deeper than allowed', deep(256), {}, 400, 'INVALID_REQUEST'],
    ['never closes what it opens', '[{"a":'.repeat(300), {}, 400, 'INVALID_REQUEST'],
    ['is not UTF-8', base64(Buffer.from([0x7b, 0xff, 0x7d])), coded, 400, 'INVALID_REQUEST'],
    ['is not base64 although it should be', '{"url":"x"}', coded, 400, 'INVALID_REQUEST'],
    [
      'is a form',
      'url=x',
      type('application/x-www-form-urlencoded'),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['is text', `{"url":"${url}"}`, type('text/plain'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'is in Latin-1',
      '{}',
      type('application/json; charset=latin1'),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['is not said to be anything', '{}', type(''), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'is compressed',
      '{}',
      { headers: { 'Content-Encoding': 'gzip' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['is too large', `{"stdin":"${'x'.repeat(2000)}"}`, {}, 413, 'REQUEST_TOO_LARGE'],
    ['is too large in bytes', `{"stdin":"${'漢'.repeat(700)}"}`, {}, 413, 'REQUEST_TOO_LARGE'],
    ['is too large in base64', base64(Buffer.alloc(2001, ' ')), coded, 413, 'REQUEST_TOO_LARGE'],
  ])('is refused where it %s', async (_, body, over, status, code) => {
    const engine = fakeEngine();
    const result = await handlerOf(engine)(post(body, over));
    expect([result.statusCode, result.json.error.code]).toEqual([status, code]);
    expect(schema.safeParse(result.json).error).toBeUndefined();
    if (status === 400) expect(result.json.error.details[0]).toHaveProperty('reason');
    expect(engine.calls).toEqual([]);
  });
});

describe('an answer', () => {
  test('is never cached, sniffed or framed', async () => {
    const { headers } = await handlerOf()(post({ url }));
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });

  test.each(requestErrorCodes.filter((code) => code !== 'INTERNAL_ERROR'))(
    'to what the engine refuses with %s has its status, and the URL',
    async (code) => {
      const statuses = new Map([
        [400, ['INVALID_REQUEST']],
        [403, ['FORBIDDEN', 'URL_NOT_ALLOWED', 'CODE_NOT_ALLOWED']],
        [404, ['NOT_FOUND']],
        [405, ['METHOD_NOT_ALLOWED']],
        [413, ['REQUEST_TOO_LARGE', 'CODE_TOO_LARGE']],
        [415, ['UNSUPPORTED_MEDIA_TYPE']],
        [422, ['UNSUPPORTED_CODE', 'INTEGRITY_MISMATCH']],
        [502, ['DOWNLOAD_FAILED']],
        [503, ['OVERLOADED']],
        [504, ['DOWNLOAD_TIMEOUT']],
      ]);
      const result = await handlerOf(
        fakeEngine(() => {
          throw new EngineError(code, 'what to do', { details: { allowed: [] } });
        }),
      )(post({ url }));
      expect(statuses.get(result.statusCode)).toContain(code);
      expect(result.json.error).toMatchObject({ code, message: 'what to do', stack: null });
      expect(result.json.metadata.url).toBe(url);
      expect(result.headers['retry-after']).toBe(code === 'OVERLOADED' ? '1' : undefined);
    },
  );

  test('with an error of the guest is still 200', async () => {
    const error = {
      code: 'TIMEOUT',
      name: 'Timeout',
      message: '',
      stack: null,
      details: null,
    } as const;
    const result = await handlerOf(fakeEngine(() => execution({ error })))(post({ url }));
    expect([result.statusCode, result.json.status]).toEqual([200, 'error']);
  });

  test('has the status of the error that an execution ended with', async () => {
    const error = {
      code: 'CODE_TOO_LARGE',
      name: 'x',
      message: '',
      stack: null,
      details: null,
    } as const;
    const result = await handlerOf(fakeEngine(() => execution({ error })))(post({ url }));
    expect([result.statusCode, result.json.metadata.downloadTimeMs]).toEqual([413, 18.7]);
  });

  test.each<readonly [string, () => unknown]>([
    ['an error', () => new Error('secret https://user:pw@example.com/?token=abc')],
    ['a text', () => 'secret'],
    ['nothing', () => undefined],
    ['an internal error', () => new EngineError('INTERNAL_ERROR', 'secret')],
  ])('to a defect that throws %s tells the log, not the caller', async (_, thrown) => {
    const result = await handlerOf(
      fakeEngine(() => {
        throw thrown();
      }),
    )(post({ url }));
    expect([result.statusCode, result.json.error.code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(result.body).not.toMatch(/secret|at /);
    const logged = lines.map((line) => JSON.parse(line)).find(({ level }) => level === 'ERROR');
    expect(logged).toMatchObject({
      message: 'INTERNAL_ERROR',
      request_id: result.json.metadata.requestId,
    });
    expect(JSON.stringify(logged)).not.toMatch(/pw@|token/);
  });

  test.each([
    undefined,
    null,
    {},
    [],
    'x',
    { Records: [] },
    { version: '2.0' },
    { httpMethod: 'GET' },
  ])('is given even to an event that holds no HTTP request: %j', async (event) => {
    const result = await handlerOf()(event);
    expect([result.statusCode, result.json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(result.headers['x-request-id']).toBe('lambda-request-1');
  });

  test('bears no request id that could break a header', async () => {
    const event = post({ url });
    event.requestContext.requestId = 'a\r\nset-cookie: b';
    const result = await handlerOf()(event);
    expect(result.headers['x-request-id']).toBe('lambda-request-1');
  });

  test('comes before Lambda ends the invocation, even if the engine never answers', async () => {
    const hanging = fakeEngine(() => new Promise(() => {}));
    const result = await handlerOf(hanging)(post({ url }), { getRemainingTimeInMillis: () => 150 });
    expect(result.json.error.code).toBe('INTERNAL_ERROR');
    expect(hanging.calls[0]?.context.timeLeftMs).toBe(0);
  });
});

describe('a web page of another origin', () => {
  const app = 'https://app.example.com';
  const allowed = 'access-control-allow-origin';

  test.each<readonly [string, readonly string[], string, string | undefined]>([
    ['may not read answers', [], app, undefined],
    ['may not read answers meant for others', ['https://b.example'], app, undefined],
    ['may not read answers by a similar name', [app], `${app}.evil.example`, undefined],
    ['may read answers where the operator names it', ['https://b.example', app], app, app],
    ['may read answers where the operator names any', ['*'], app, '*'],
  ])('%s: %j', async (_, corsOrigins, origin, expected) => {
    const headers = { 'Content-Type': 'application/json', Origin: origin };
    for (const body of [{ url }, '{']) {
      const result = await handlerOf(fakeEngine(), { corsOrigins })(post(body, { headers }));
      expect(result.headers[allowed]).toBe(expected);
      expect(result.headers.vary).toBe(corsOrigins.length > 0 ? 'origin' : undefined);
    }
  });
});
