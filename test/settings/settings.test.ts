import { describe, expect, test } from '@jest/globals';
import { loadSettings } from '../../lambda/settings/settings.ts';

describe('settings', () => {
  test('have the documented defaults where the environment is silent', () => {
    expect(loadSettings({}, 4)).toEqual({
      timeoutMs: 5000,
      maxTimeoutMs: 25_000,
      cpuMs: null,
      memoryMb: 128,
      maxMemoryMb: 512,
      maxCodeBytes: 5_242_880,
      maxWasmBytes: 67_108_864,
      downloadTimeoutMs: 10_000,
      maxOutputBytes: 1_048_576,
      maxStreamBytes: 104_857_600,
      maxStreamTimeoutMs: 840_000,
      maxLogEntries: 1000,
      maxResultBytes: 1_048_576,
      maxRequestBytes: 5_242_880,
      maxFilesBytes: 33_554_432,
      codeAllowedHosts: ['*'],
      fetchAllowedHosts: ['*'],
      allowedPorts: [80, 443],
      trustedOrigins: [],
      fetch: {
        maxRequests: 10,
        maxConcurrent: 6,
        maxRequestBytes: 1_048_576,
        maxResponseBytes: 5_242_880,
        maxTotalBytes: 20_971_520,
        timeoutMs: 10_000,
      },
      imports: 'any',
      inlineCode: true,
      sandboxes: 4,
      codeCacheBytes: 67_108_864,
      credentials: [],
      local: true,
      scriptLogGroup: null,
      corsOrigins: [],
      mcp: true,
      playground: true,
    });
  });

  test('give a Lambda function one sandbox, unless the operator says otherwise', () => {
    const lambda = { AWS_LAMBDA_FUNCTION_NAME: 'engine' };
    expect(loadSettings(lambda, 4).sandboxes).toBe(1);
    expect(loadSettings({ ...lambda, ENGINE_SANDBOXES: '3' }, 4).sandboxes).toBe(3);
  });

  test('let requests have code of their own where code may come from anywhere', () => {
    const inlineCode = (env: Record<string, string>) => loadSettings(env).inlineCode;
    expect(inlineCode({ ENGINE_CODE_ALLOWED_HOSTS: 'code.example' })).toBe(false);
    expect(inlineCode({ ENGINE_CODE_ALLOWED_HOSTS: '' })).toBe(false);
    expect(inlineCode({ ENGINE_CODE_ALLOWED_HOSTS: 'code.example,*' })).toBe(true);
    expect(inlineCode({ ENGINE_INLINE_CODE: 'false' })).toBe(false);
    expect(inlineCode({ ENGINE_CODE_ALLOWED_HOSTS: '', ENGINE_INLINE_CODE: 'true' })).toBe(true);
  });

  test('take every variable', () => {
    const settings = loadSettings({
      ENGINE_TIMEOUT_MS: '1',
      ENGINE_MAX_TIMEOUT_MS: '2',
      ENGINE_CPU_MS: '3',
      ENGINE_MEMORY_MB: '16',
      ENGINE_MAX_MEMORY_MB: '17',
      ENGINE_MAX_CODE_BYTES: '6',
      ENGINE_MAX_WASM_BYTES: '7',
      ENGINE_DOWNLOAD_TIMEOUT_MS: '8',
      ENGINE_MAX_OUTPUT_BYTES: '9',
      ENGINE_MAX_STREAM_BYTES: '90',
      ENGINE_MAX_STREAM_TIMEOUT_MS: '91',
      ENGINE_MAX_LOG_ENTRIES: '10',
      ENGINE_MAX_RESULT_BYTES: '11',
      ENGINE_MAX_REQUEST_BYTES: '12',
      ENGINE_MAX_FILES_BYTES: '13',
      ENGINE_CODE_ALLOWED_HOSTS: 'a.example, *.b.example',
      ENGINE_FETCH_ALLOWED_HOSTS: '',
      ENGINE_ALLOWED_PORTS: '8080',
      ENGINE_TRUSTED_ORIGINS: 'http://127.0.0.1:8080,https://[::1]:1',
      ENGINE_FETCH_MAX_REQUESTS: '14',
      ENGINE_FETCH_MAX_CONCURRENT: '15',
      ENGINE_FETCH_MAX_REQUEST_BYTES: '16',
      ENGINE_FETCH_MAX_RESPONSE_BYTES: '17',
      ENGINE_FETCH_MAX_TOTAL_BYTES: '18',
      ENGINE_FETCH_TIMEOUT_MS: '19',
      ENGINE_IMPORTS: 'map',
      ENGINE_INLINE_CODE: 'true',
      ENGINE_SANDBOXES: '20',
      ENGINE_CODE_CACHE_BYTES: '21',
      ENGINE_CREDENTIALS:
        '[{"match":"https://api.example.com/v1/*","header":"X-Key","secret":"env:KEY"}]',
      ENGINE_SCRIPT_LOG_GROUP: '/scripts/log',
      ENGINE_CORS_ORIGINS: 'https://app.example.com,*',
      ENGINE_MCP: 'false',
      ENGINE_PLAYGROUND: 'false',
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
    });
    expect(settings).toEqual({
      timeoutMs: 1,
      maxTimeoutMs: 2,
      cpuMs: 3,
      memoryMb: 16,
      maxMemoryMb: 17,
      maxCodeBytes: 6,
      maxWasmBytes: 7,
      downloadTimeoutMs: 8,
      maxOutputBytes: 9,
      maxStreamBytes: 90,
      maxStreamTimeoutMs: 91,
      maxLogEntries: 10,
      maxResultBytes: 11,
      maxRequestBytes: 12,
      maxFilesBytes: 13,
      codeAllowedHosts: ['a.example', '*.b.example'],
      fetchAllowedHosts: [],
      allowedPorts: [8080],
      trustedOrigins: ['http://127.0.0.1:8080', 'https://[::1]:1'],
      fetch: {
        maxRequests: 14,
        maxConcurrent: 15,
        maxRequestBytes: 16,
        maxResponseBytes: 17,
        maxTotalBytes: 18,
        timeoutMs: 19,
      },
      imports: 'map',
      inlineCode: true,
      sandboxes: 20,
      codeCacheBytes: 21,
      credentials: [
        {
          match: {
            text: 'https://api.example.com/v1/*',
            protocol: 'https:',
            host: 'api.example.com',
            port: '',
            path: '/v1/',
            isPrefix: true,
          },
          methods: null,
          header: 'x-key',
          secret: { kind: 'environment', name: 'KEY' },
          format: '{}',
          forCode: null,
        },
      ],
      local: true,
      scriptLogGroup: '/scripts/log',
      corsOrigins: ['https://app.example.com', '*'],
      mcp: false,
      playground: false,
    });
  });

  test.each([
    ['ENGINE_TIMEOUT_MS', '5s'],
    ['ENGINE_TIMEOUT_MS', ''],
    ['ENGINE_TIMEOUT_MS', '0'],
    ['ENGINE_TIMEOUT_MS', '-1'],
    ['ENGINE_TIMEOUT_MS', '1e3'],
    ['ENGINE_TIMEOUT_MS', '1.5'],
    ['ENGINE_TIMEOUT_MS', '99999999999999999999'],
    ['ENGINE_MEMORY_MB', '15'],
    ['ENGINE_MAX_CODE_BYTES', '5 MiB'],
    ['ENGINE_MAX_REQUEST_BYTES', '6291557'],
    ['ENGINE_ALLOWED_PORTS', '80,https'],
    ['ENGINE_ALLOWED_PORTS', '65536'],
    ['ENGINE_ALLOWED_PORTS', '80,,443'],
    ['ENGINE_CODE_ALLOWED_HOSTS', 'https://example.com'],
    ['ENGINE_CODE_ALLOWED_HOSTS', 'example.com:8080'],
    ['ENGINE_CODE_ALLOWED_HOSTS', 'example.com/path'],
    ['ENGINE_CODE_ALLOWED_HOSTS', 'exa mple.com'],
    ['ENGINE_CODE_ALLOWED_HOSTS', '*.*.com'],
    ['ENGINE_CODE_ALLOWED_HOSTS', 'api.*.com'],
    ['ENGINE_CODE_ALLOWED_HOSTS', '*.'],
    ['ENGINE_CODE_ALLOWED_HOSTS', '*example.com'],
    ['ENGINE_FETCH_ALLOWED_HOSTS', 'user@example.com'],
    ['ENGINE_TRUSTED_ORIGINS', '127.0.0.1:8080'],
    ['ENGINE_TRUSTED_ORIGINS', 'http://127.0.0.1:8080/'],
    ['ENGINE_TRUSTED_ORIGINS', 'http://127.0.0.1:8080/path'],
    ['ENGINE_TRUSTED_ORIGINS', 'ftp://127.0.0.1'],
    ['ENGINE_TRUSTED_ORIGINS', '*'],
    ['ENGINE_CORS_ORIGINS', 'app.example.com'],
    ['ENGINE_PLAYGROUND', 'yes'],
    ['ENGINE_SCRIPT_LOG_GROUP', 'no:colons'],
    ['ENGINE_IMPORTS', 'none'],
    ['ENGINE_INLINE_CODE', 'yes'],
    ['ENGINE_INLINE_CODE', ''],
    ['ENGINE_SANDBOXES', '0'],
    ['ENGINE_CODE_CACHE_BYTES', '-1'],
    ['POWERTOOLS_LOG_LEVEL', 'LOUD'],
  ])('stop the start where %s is %j, naming both', (name, value) => {
    expect(() => loadSettings({ [name]: value })).toThrow(
      new RegExp(`^${name}: .*it is ${JSON.stringify(value).replace(/[.*+?|[\]\\]/g, '\\$&')}$`),
    );
  });

  test('stop the start where credentials are wrong, without the text, which may have a secret', () => {
    const text = '[{"match":"https://x.example/*","header":"x","secret":"sk_live_0123"}]';
    expect(() => loadSettings({ ENGINE_CREDENTIALS: text })).toThrow(
      /^ENGINE_CREDENTIALS: 0\.secret must be env:NAME, or the ARN [^_]*$/,
    );
  });

  test('name every variable that is wrong, not only the first', () => {
    expect(() => loadSettings({ ENGINE_TIMEOUT_MS: 'x', ENGINE_SANDBOXES: 'y' })).toThrow(
      /^ENGINE_TIMEOUT_MS: .*\nENGINE_SANDBOXES: /,
    );
  });

  test.each([
    ['ENGINE_TIMOUT_MS', 'ENGINE_TIMOUT_MS: is no setting; did you mean ENGINE_TIMEOUT_MS?'],
    ['ENGINE_FETCH_HOSTS', 'ENGINE_FETCH_HOSTS: is no setting'],
    ['ENGINE_', 'ENGINE_: is no setting'],
  ])('stop the start where %s is set, which nothing reads', (name, message) => {
    expect(() => loadSettings({ [name]: '1', ENGINE_CPU_MS: '0' })).toThrow(message);
    expect(() => loadSettings({ [name]: '1', ENGINE_CPU_MS: '0' })).toThrow('\nENGINE_CPU_MS: ');
  });

  test('leave the variables of others alone', () => {
    expect(loadSettings({ SEARCH_ENGINE_MS: 'x', engine_timeout_ms: '1', PATH: '/' })).toEqual(
      loadSettings({}),
    );
  });

  test.each([
    [
      { ENGINE_TIMEOUT_MS: '25001' },
      /^ENGINE_TIMEOUT_MS: 25001 is more than ENGINE_MAX_TIMEOUT_MS/,
    ],
    [{ ENGINE_MEMORY_MB: '513' }, /^ENGINE_MEMORY_MB: 513 is more than ENGINE_MAX_MEMORY_MB/],
    [
      { ENGINE_MAX_MEMORY_MB: '64' },
      /^ENGINE_MEMORY_MB: 128 is more than ENGINE_MAX_MEMORY_MB, which is 64; it is not set$/,
    ],
  ])('refuse a default above its own maximum: %j', (env, message) => {
    expect(() => loadSettings(env)).toThrow(message);
  });

  test.each([
    '*',
    'example.com',
    '*.example.com',
    'bücher.example',
    'EXAMPLE.com.',
    '10.0.0.1',
    '[::1]',
    'localhost',
  ])('accept the host pattern %s', (pattern) => {
    expect(loadSettings({ ENGINE_FETCH_ALLOWED_HOSTS: pattern }).fetchAllowedHosts).toEqual([
      pattern,
    ]);
  });
});
