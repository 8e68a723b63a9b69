/** Credentials of the operator: what the setting may say, who gets them, and that nobody sees them. */

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { createCredentials } from '../../../lambda/egress/credentials/credentials.ts';
import { Redaction } from '../../../lambda/egress/credentials/redactor.ts';
import { createSecretStore, SecretError } from '../../../lambda/egress/credentials/secrets.ts';
import { type CredentialSetting, readCredentials } from '../../../lambda/settings/credentials.ts';

const secret = 'sk_live/4+2=ok&"q';
const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:api-AbCdEf';
const plain = { match: 'https://api.example.com/v1/*', header: 'Authorization', secret: 'env:KEY' };

function read(...credentials: object[]): readonly CredentialSetting[] {
  const settings = readCredentials(JSON.stringify(credentials));
  if (typeof settings === 'string') throw new Error(settings);
  return settings;
}

describe('the setting', () => {
  test('may leave out methods, format and code', () => {
    expect(read(plain)).toMatchObject([
      { methods: null, header: 'authorization', format: '{}', forCode: null },
    ]);
    expect(readCredentials(' ')).toEqual([]);
  });

  test.each([
    ['no JSON', 'must be JSON'],
    ['{}', 'expected array'],
    [[{ ...plain, extra: 1 }], 'Unrecognized key'],
    [[{ ...plain, match: 'https://*/v1/*' }], '0.match must name a host'],
    [[{ ...plain, match: 'api.example.com/*' }], '0.match must be a URL'],
    [[{ ...plain, match: 'ftp://api.example.com/*' }], '0.match must be a URL'],
    [[{ ...plain, match: 'https://user@api.example.com/*' }], '0.match must be a URL'],
    [[{ ...plain, match: 'https://api.example.com' }], '0.match must be a URL'],
    [[{ ...plain, match: 'https://api.example.com/v1*' }], '0.match must have a /'],
    [[{ ...plain, match: 'https://api.example.com/*/x' }], '0.match may have a *'],
    [[{ ...plain, match: 'https://api.example.com/a/../b/*' }], '0.match has a path'],
    [[{ ...plain, header: 'Host' }], '0.header is a header that the engine'],
    [[{ ...plain, header: 'a b' }], '0.header is not the name'],
    [[{ ...plain, secret: 'hunter2hunter2' }], '0.secret must be env:NAME'],
    [[{ ...plain, secret: 'arn:aws:ssm:eu-central-1:1:x' }], '0.secret must be env:NAME'],
    [[{ ...plain, format: 'Bearer' }], '0.format must have {} once'],
    [[{ ...plain, format: '{}\r\nx: {}' }], '0.format must be printable'],
    [[{ ...plain, methods: [] }], '0.methods'],
    [[{ ...plain, forCode: ['sha256-short'] }], '0.forCode.0 must be a URL'],
  ])('%j is refused', (value, message) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    expect(readCredentials(text)).toContain(message);
  });
});

describe('who gets one', () => {
  const code = { url: 'https://code.example.com/a.js', sha256: 'ab'.repeat(32) };

  async function added(
    credential: object,
    url: string,
    { method = 'GET', headers = [] as string[], running = code } = {},
  ): Promise<string | null> {
    const store = createSecretStore({ env: { KEY: secret } });
    const credentials = createCredentials(read({ ...plain, ...credential }), store, () => {});
    const hop = await credentials.forCode(running)?.apply(new URL(url), method, headers);
    return hop?.headers.at(-1) ?? null;
  }

  test.each([
    ['https://api.example.com/v1/', true],
    ['https://api.example.com/v1/a?b=c', true],
    ['https://API.example.com:443/v1/a/../b', true],
    ['https://api.example.com./v1/a', true],
    ['https://api.example.com/v1', false],
    ['https://api.example.com/v2/a', false],
    ['https://api.example.com/v1/../v2', false],
    ['https://api.example.com/v1/%2e%2e/v2', false],
    ['https://api.example.com/v1/..%2fv2', false],
    ['https://api.example.com/v1/..%5Cv2', false],
    ['https://api.example.com/v1//v2', false],
    ['https://api.example.com/v1/..;/v2', false],
    ['http://api.example.com/v1/a', false],
    ['https://api.example.com:8443/v1/a', false],
    ['https://api.example.com.evil.example/v1/a', false],
    ['https://evil.example/v1/a?https://api.example.com/v1/', false],
    ['https://xapi.example.com/v1/a', false],
    ['https://аpi.example.com/v1/a', false],
  ])('%s: %p', async (url, gets) => {
    expect(await added({}, url)).toBe(gets ? secret : null);
  });

  test('by method, format and subdomain', async () => {
    const url = 'https://eu.api.example.com/v1/a';
    const match = 'https://*.api.example.com/v1/a';
    expect(await added({ match, format: 'Bearer {}' }, url)).toBe(`Bearer ${secret}`);
    expect(await added({ match, methods: ['post'] }, url)).toBeNull();
    expect(await added({ match, methods: ['post'] }, url, { method: 'POST' })).toBe(secret);
    expect(await added({ match }, `${url}/b`)).toBeNull();
  });

  test('by hash or URL of the code', async () => {
    const url = 'https://api.example.com/v1/a';
    const hash = `sha256-${Buffer.from(code.sha256, 'hex').toString('base64')}`;
    expect(await added({ forCode: [hash] }, url)).toBe(secret);
    expect(await added({ forCode: ['https://code.example.com/*'] }, url)).toBe(secret);
    expect(await added({ forCode: ['https://code.example.com/b.js'] }, url)).toBeNull();
    const inline = { url: 'inline:///main.js', sha256: 'cd'.repeat(32) };
    const forCode = [hash, 'https://code.example.com/*'];
    expect(await added({ forCode }, url, { running: inline })).toBeNull();
  });

  test('not with a header of that name of its own, nor in pieces', async () => {
    const url = 'https://api.example.com/v1/a';
    const refused = { kind: 'not-allowed', rule: 'credential' };
    for (const name of ['authorization', 'range', 'if-range']) {
      await expect(added({}, url, { headers: [name, 'x'] })).rejects.toMatchObject(refused);
    }
    expect(await added({}, 'https://other.example/', { headers: ['range', 'x'] })).toBeNull();
  });

  test('no request without the secret, and no word of it', async () => {
    const told: string[] = [];
    const store = createSecretStore({ env: { KEY: `${secret}\n` } });
    const credentials = createCredentials(read(plain), store, (message) => told.push(message));
    const hop = credentials
      .forCode(code)
      ?.apply(new URL('https://api.example.com/v1/a'), 'GET', []);
    await expect(hop).rejects.toMatchObject({
      kind: 'network',
      message: expect.not.stringContaining('sk_'),
    });
    expect(told).toEqual(['The variable KEY has characters that no header can carry']);
  });
});

describe('Secrets Manager', () => {
  const source = {
    kind: 'secrets-manager',
    arn,
    region: 'eu-central-1',
    member: 'token',
  } as const;

  test('is named by its ARN, with a member of its JSON', () => {
    const named = read({ ...plain, secret: `${arn}:token` }, { ...plain, secret: arn });
    expect(named.map((setting) => setting.secret)).toEqual([source, { ...source, member: null }]);
  });

  test('is asked once for all who wait, and again after minutes, without anybody waiting', async () => {
    let time = 1e9;
    let reads = 0;
    const store = createSecretStore({
      env: {},
      now: () => time,
      read: async () => JSON.stringify({ token: `secret-number-${++reads}` }),
    });
    expect(await Promise.all([store.get(source), store.get(source)])).toEqual([
      'secret-number-1',
      'secret-number-1',
    ]);
    time += 299_000;
    expect(await store.get(source)).toBe('secret-number-1');
    time += 2000;
    expect(await store.get(source)).toBe('secret-number-1');
    await new Promise(setImmediate);
    expect(await store.get(source)).toBe('secret-number-2');
    expect(reads).toBe(2);
  });

  test('that fails is not asked by each request, and an old secret serves for an hour', async () => {
    let time = 1e9;
    let reads = 0;
    let works = false;
    const store = createSecretStore({
      env: {},
      now: () => time,
      read: async () => {
        reads += 1;
        if (!works) throw new Error('AccessDenied for sk_live');
        return '{"token":"long enough"}';
      },
    });
    for (let i = 0; i < 3; i++) {
      await expect(store.get(source)).rejects.toThrow(SecretError);
      await expect(store.get(source)).rejects.toThrow(expect.not.stringContaining('sk_live'));
    }
    expect(reads).toBe(1);
    works = true;
    time += 6000;
    expect(await store.get(source)).toBe('long enough');
    works = false;
    time += 3_000_000;
    expect(await store.get(source)).toBe('long enough');
    time += 1_000_000;
    await expect(store.get(source)).rejects.toThrow(SecretError);
  });

  test.each([
    '',
    'no json',
    '{}',
    '{"token":5}',
    '{"token":"short"}',
    '{"toString":"long enough"}',
  ])('that has %j has no such secret', async (text) => {
    await expect(
      createSecretStore({ env: {}, read: async () => text }).get(source),
    ).rejects.toThrow(SecretError);
  });
});

describe('an answer that echoes a secret', () => {
  const value = `Bearer ${secret}`;
  const redaction = new Redaction([secret, value]);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  const echoes: readonly (readonly [string, string])[] = [
    ['as it is', secret],
    ['formatted', value],
    ['in capitals', value.toUpperCase()],
    ['in hex in capitals', Buffer.from(secret).toString('hex').toUpperCase()],
    ['as JSON', JSON.stringify({ authorization: value })],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL in lower case', encodeURIComponent(secret).toLowerCase()],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['in HTML', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ...['', 'a', 'ab', 'abc', 'user:'].map(
      (before) => [`in base64 behind ${before}`, base64(before + secret)] as const,
    ),
    ['in base64url', Buffer.from(`xy${value}z`).toString('base64url')],
    ['twice', `${secret}${secret}`],
    ['behind its own beginning', `${secret.slice(0, 9)}${secret}`],
  ];

  test.each(echoes)('%s, cut anywhere, has it no more', (_, echo) => {
    const text = `before ${echo} after`;
    const bytes = Buffer.from(text);
    const whole = redaction.text(text);
    expect(whole).toContain('[redacted]');
    expect(whole.startsWith('before ') && whole.endsWith(' after')).toBe(true);
    for (const part of [secret, Buffer.from(secret).toString('hex'), base64(secret).slice(0, 16)]) {
      expect(whole).not.toContain(part);
    }
    for (const size of [1, 2, 5, 7, 16, 64]) {
      const stream = redaction.stream();
      const parts: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        parts.push(stream.push(bytes.subarray(at, at + size)));
      }
      parts.push(stream.end());
      expect(Buffer.concat(parts).toString()).toBe(whole);
    }
  });

  test('leaves all other bytes as they are', () => {
    const bytes = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251)));
    const stream = redaction.stream();
    const parts = [
      stream.push(bytes.subarray(0, 100)),
      stream.push(bytes.subarray(100)),
      stream.end(),
    ];
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect(redaction.text(secret.slice(0, -1))).toBe(secret.slice(0, -1));
  });

  test('gives the rest of a body at once where none can begin in it', () => {
    expect(redaction.stream().push(Buffer.from('data: 1\n\n')).toString()).toBe('data: 1\n\n');
  });
});
