/** Credentials of the operator: what the setting may say, who gets them, and that nobody sees them. */

import { describe, expect, test } from '@jest/globals';
import { createCredentials } from '../../../lambda/egress/credentials/credentials.ts';
import type { Redaction } from '../../../lambda/egress/credentials/redactor.ts';
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

  test.each<[unknown, string | RegExp]>([
    ['no JSON', 'must be JSON'],
    ['{}', /^must be an array$/],
    ['[1]', /^0 must be an object$/],
    [[{}], /^0\.match is missing$/],
    [[{ ...plain, extra: 1 }], /^0\.extra is not a known field$/],
    [[{ ...plain, header: null }], /^0\.header must be a string$/],
    [[{ ...plain, methods: 'GET' }], /^0\.methods must be an array$/],
    [[{ ...plain, forCode: [] }], /^0\.forCode is empty$/],
    [Array(101).fill(plain), /^has more than 100 credentials$/],
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
    [[{ ...plain, methods: [] }], /^0\.methods is empty$/],
    [[{ ...plain, forCode: ['sha256-short'] }], '0.forCode.0 must be a URL'],
  ])('%j is refused', (value, message) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    expect(readCredentials(text)).toEqual(
      typeof message === 'string'
        ? expect.stringContaining(message)
        : expect.stringMatching(message),
    );
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
    ['https://api.example.com/v1/..%252fv2', false],
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

  test('what is taken out of each answer is the secret that went with its request', async () => {
    const values = [secret, secret, 'a-new-secret', secret];
    const store = { get: async () => values.shift() ?? '' };
    const run = createCredentials(read(plain), store, () => {}).forCode(code);
    const redacted: (string | undefined)[] = [];
    const redactions = new Set<Redaction | undefined>();
    for (let hop = 0; hop < 4; hop++) {
      const applied = await run?.apply(new URL('https://api.example.com/v1/a'), 'GET', []);
      redactions.add(applied?.redaction);
      redacted.push(applied?.redaction.text(`${secret} a-new-secret`));
    }
    const old = '[redacted] a-new-secret';
    expect(redacted).toEqual([old, old, `${secret} [redacted]`, old]);
    // To look for the same secret again needs no second search table.
    expect(redactions.size).toBe(3);
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
