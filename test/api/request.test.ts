import { describe, expect, test } from '@jest/globals';
import { executeRequest, requestSchema } from '../../lambda/api/request.ts';
import { EngineError, type Json } from '../../lambda/contract/errors.ts';
import { loadSettings } from '../../lambda/settings/settings.ts';

const settings = loadSettings({ ENGINE_MAX_FILES_BYTES: '100', ENGINE_CPU_MS: '2000' }, 1);
const schema = requestSchema(settings);
const url = 'https://example.com/hello.js';
const hash512 = `sha512-${'B'.repeat(86)}==`;

function read(body: unknown) {
  return executeRequest(body as Json, schema, settings);
}

function refusal(body: unknown): EngineError {
  try {
    read(body);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error('The request was accepted');
}

describe('a request', () => {
  test('needs nothing but a URL; what is left out is null or empty', () => {
    expect(read({ url })).toEqual({
      source: { kind: 'url', url },
      type: null,
      inputs: {
        inputJson: null,
        args: [],
        env: {},
        stdin: null,
        files: {},
        outputs: [],
        imports: {},
        entrypoint: null,
      },
      batch: null,
      integrity: null,
      unpinned: false,
      limits: {
        timeoutMs: null,
        cpuMs: null,
        memoryMb: null,
        fetch: {
          maxRequests: null,
          maxRequestBytes: null,
          maxResponseBytes: null,
          timeoutMs: null,
          allowedHosts: null,
        },
        imports: { allowedHosts: null, maxModules: null, dynamic: true },
      },
    });
  });

  test('may have every field', () => {
    const integrity = `sha256-${'A'.repeat(43)}= sha512-${'B'.repeat(86)}==`;
    expect(
      read({
        url,
        type: 'wasm',
        input: null,
        args: ['', 'ü'],
        env: { A: '1', constructor: '2' },
        stdin: '\0',
        files: { a: 'b' },
        outputs: ['c', '/d/../c', '/a'],
        imports: { a: 'https://example.com/a.js', 'b/': 'http://example.com/b/' },
        entrypoint: 'run',
        integrity: ` ${integrity} `,
        unpinned: true,
        limits: {
          timeoutMs: 25_000,
          cpuMs: 2000,
          memoryMb: 512,
          fetch: {
            maxRequests: 0,
            maxRequestBytes: 1_048_576,
            maxResponseBytes: 5_242_880,
            timeoutMs: 10_000,
            allowedHosts: ['*.example.com', 'bücher.example'],
          },
          imports: { allowedHosts: [], maxModules: 1000, dynamic: false },
        },
      }),
    ).toEqual({
      source: { kind: 'url', url },
      type: 'wasm',
      inputs: {
        inputJson: 'null',
        args: ['', 'ü'],
        env: { A: '1', constructor: '2' },
        stdin: '\0',
        files: { '/a': 'b' },
        outputs: ['/c', '/a'],
        imports: { a: 'https://example.com/a.js', 'b/': 'http://example.com/b/' },
        entrypoint: 'run',
      },
      batch: null,
      integrity,
      unpinned: true,
      limits: {
        timeoutMs: 25_000,
        cpuMs: 2000,
        memoryMb: 512,
        fetch: {
          maxRequests: 0,
          maxRequestBytes: 1_048_576,
          maxResponseBytes: 5_242_880,
          timeoutMs: 10_000,
          allowedHosts: ['*.example.com', 'bücher.example'],
        },
        imports: { allowedHosts: [], maxModules: 1000, dynamic: false },
      },
    });
  });

  test('may pin modules by URL beside the code', () => {
    const integrity = { [url]: `sha256-${'A'.repeat(43)}=`, 'https://a.example/': hash512 };
    expect(read({ url, integrity }).integrity).toEqual(integrity);
  });

  test('keeps an input to the letter, whatever its keys are called', () => {
    const input = '{"__proto__":{"admin":true},"constructor":{"prototype":1},"\\ud800":"\\udfff"}';
    expect(read(JSON.parse(`{"url":"${url}","input":${input}}`)).inputs.inputJson).toBe(input);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('has the text of each of its inputs', () => {
    const inputs = [1, null, '\ud800', { __proto__: null, a: [] }];
    const { batch, inputs: common } = read({ url, inputs });
    expect([batch, common.inputJson]).toEqual([inputs.map((one) => JSON.stringify(one)), null]);
  });

  test.each<readonly [string, unknown, string, RegExp]>([
    ['is not an object', [], '', /object/],
    ['is null', null, '', /object/],
    ['is a text', 'url', '', /object/],
    ['has neither url nor code', {}, 'url', /either `url` or `code`/],
    ['has a relative url', { url: '/hello.js' }, 'url', /absolute URL/],
    ['has a url that does not parse', { url: 'https://[::1' }, 'url', /absolute URL/],
    ['has too long a url', { url: `${url}?${'x'.repeat(2048)}` }, 'url', /2048/],
    ['has a user in its url', { url: 'https://user@example.com/' }, 'url', /user name or password/],
    ['has a password in its url', { url: 'https://:pw@example.com/' }, 'url', /user name or pass/],
    ['has an unknown field', { url, uri: url }, 'uri', /not a known field/],
    ['has an unknown limit', { url, limits: { time: 1 } }, 'limits.time', /not a known field/],
    [
      'has __proto__ as a field',
      JSON.parse(`{"url":"${url}","__proto__":{}}`),
      '__proto__',
      /known/,
    ],
    ['has both input and inputs', { url, input: 1, inputs: [1] }, 'inputs', /with `input`/],
    ['has no inputs', { url, inputs: [] }, 'inputs', /is empty/],
    ['has 1,001 inputs', { url, inputs: Array(1001).fill(1) }, 'inputs', /more than 1000/],
    ['has inputs that are no list', { url, inputs: { 0: 1 } }, 'inputs', /array/],
    ['has an unknown type', { url, type: 'python' }, 'type', /javascript/],
    ['has args as an object', { url, args: { length: 1 } }, 'args', /array/],
    ['has a number in its env', { url, env: { A: 1 } }, 'env.A', /string/],
    ['has = in the name of a variable', { url, env: { 'A=B': '' } }, 'env.A=B', /name/],
    ['has a variable without name', { url, env: { '': '' } }, 'env.', /name/],
    ['has NUL in a variable', { url, env: { 'A\0': '' } }, 'env.A\0', /name/],
    [
      'has __proto__ in its env',
      JSON.parse(`{"url":"${url}","env":{"__proto__":"x"}}`),
      'env.__proto__',
      /name/,
    ],
    [
      'has __proto__ in its files',
      JSON.parse(`{"url":"${url}","files":{"__proto__":"x"}}`),
      'files.__proto__',
      /name/,
    ],
    ['has stdin that is no text', { url, stdin: 1 }, 'stdin', /string/],
    ['has a number as a file', { url, files: { a: 1 } }, 'files.a', /base64/],
    [
      'has a file with more than base64',
      { url, files: { a: { base64: '', mode: 7 } } },
      'files.a.mode',
      /not a known field/,
    ],
    ['has a file outside /', { url, files: { '../a': '' } }, 'files.../a', /leaves/],
    [
      'has too large files',
      { url, files: { a: 'x'.repeat(101) } },
      'files',
      /ENGINE_MAX_FILES_BYTES/,
    ],
    ['has an empty entrypoint', { url, entrypoint: '' }, 'entrypoint', /empty/],
    ['has an unknown hash', { url, integrity: 'md5-AAAA' }, 'integrity', /sha256/],
    ['has a hash in hex', { url, integrity: `sha256-${'a'.repeat(64)}` }, 'integrity', /base64/],
    ['pins a name', { url, integrity: { lib: hash512 } }, 'integrity.lib', /http: or https:/],
    [
      'pins to a hash that is none',
      { url, integrity: { [url]: 'a' } },
      `integrity.${url}`,
      /sha256/,
    ],
    [
      'pins a URL twice',
      { url, integrity: { [url]: hash512, [`${url}#a`]: hash512 } },
      `integrity.${url}#a`,
      /twice/,
    ],
    ['has an integrity of another kind', { url, integrity: [hash512] }, 'integrity', /an object/],
    [
      'may import more',
      { url, limits: { imports: { maxModules: 1001 } } },
      'limits.imports.maxModules',
      /1000 or less/,
    ],
    [
      'imports from a path',
      { url, limits: { imports: { allowedHosts: ['a/b'] } } },
      'limits.imports.allowedHosts.0',
      /host name/,
    ],
    ['has a hash that is too short', { url, integrity: 'sha384-AAAA' }, 'integrity', /base64/],
    [
      'has a timeout above the maximum',
      { url, limits: { timeoutMs: 25_001 } },
      'limits.timeoutMs',
      /25000.*ENGINE_MAX_TIMEOUT_MS/,
    ],
    ['has a timeout of 0', { url, limits: { timeoutMs: 0 } }, 'limits.timeoutMs', /1 or more/],
    [
      'has a timeout of half a millisecond',
      { url, limits: { timeoutMs: 0.5 } },
      'limits.timeoutMs',
      /whole/,
    ],
    ['has a timeout as text', { url, limits: { timeoutMs: '5' } }, 'limits.timeoutMs', /number/],
    [
      'has more CPU time than allowed',
      { url, limits: { cpuMs: 2001 } },
      'limits.cpuMs',
      /2000.*ENGINE_CPU_MS/,
    ],
    [
      'has more memory than allowed',
      { url, limits: { memoryMb: 513 } },
      'limits.memoryMb',
      /512.*ENGINE_MAX_MEMORY_MB/,
    ],
    ['has too little memory', { url, limits: { memoryMb: 15 } }, 'limits.memoryMb', /16 or more/],
    [
      'has more requests than allowed',
      { url, limits: { fetch: { maxRequests: 11 } } },
      'limits.fetch.maxRequests',
      /10.*ENGINE_FETCH_MAX_REQUESTS/,
    ],
    [
      'has a negative size',
      { url, limits: { fetch: { maxRequestBytes: -1 } } },
      'limits.fetch.maxRequestBytes',
      /0 or more/,
    ],
    [
      'has a larger response than allowed',
      { url, limits: { fetch: { maxResponseBytes: 1e9 } } },
      'limits.fetch.maxResponseBytes',
      /5242880.*ENGINE_FETCH_MAX_RESPONSE_BYTES/,
    ],
    [
      'has a host that is a URL',
      { url, limits: { fetch: { allowedHosts: ['https://a.b'] } } },
      'limits.fetch.allowedHosts.0',
      /host name/,
    ],
    ['maps an import to a relative URL', { url, imports: { a: './a.js' } }, 'imports.a', /URL/],
    [
      'maps an import to a data: URL',
      { url, imports: { a: 'data:,1' } },
      'imports.a',
      /https: URL/,
    ],
    ['maps an import to what is no text', { url, imports: { a: null } }, 'imports.a', /string/],
    [
      'maps an import to a URL with a password',
      { url, imports: { a: 'https://u:p@example.com/' } },
      'imports.a',
      /without user name/,
    ],
    [
      'maps the beginning of imports to a file',
      { url, imports: { 'a/': 'https://example.com/a' } },
      'imports.a/',
      /end in `\/`/,
    ],
    [
      'maps too many imports',
      {
        url,
        imports: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`m${n}`, url])),
      },
      'imports',
      /1000/,
    ],
    [
      'maps __proto__',
      JSON.parse(`{"url":"${url}","imports":{"__proto__":"${url}"}}`),
      'imports.__proto__',
      /name/,
    ],
    ['has null for a field', { url, stdin: null }, 'stdin', /string/],
    ['asks for too many outputs', { url, outputs: Array(65).fill('a') }, 'outputs', /64/],
    ['asks for an output outside /', { url, outputs: ['a', '../b'] }, 'outputs.1', /leaves/],
    ['asks for an output that is no path', { url, outputs: [null] }, 'outputs.0', /string/],
  ])('is refused where it %s, naming the place and the reason', (_, body, path, reason) => {
    const error = refusal(body);
    expect(error.code).toBe('INVALID_REQUEST');
    expect(error.details).toEqual([{ path, reason: expect.stringMatching(reason) }]);
    expect(error.message).toMatch(reason);
  });

  test.each([
    'file:///etc/passwd',
    'data:text/javascript,1',
    'ftp://example.com/a',
    'blob:x',
    'ws://a',
  ])('to execute %s is not allowed', (forbidden) => {
    expect(refusal({ url: forbidden })).toMatchObject({
      code: 'URL_NOT_ALLOWED',
      details: { rule: 'scheme' },
    });
  });

  test('with very much wrong gets a short list', () => {
    const body: Record<string, unknown> = { url };
    for (let index = 0; index < 50_000; index++) body[`${'x'.repeat(500)}${index}`] = index;
    const { details, message } = refusal(body);
    expect(details).toHaveLength(20);
    expect(JSON.stringify(details).length + message.length).toBeLessThan(10_000);
  });
});
