/** Secrets by AWS's own client, from a service that speaks the protocol of Secrets Manager. */

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSecretStore, SecretError } from '../../../lambda/egress/credentials/secrets.ts';
import { secretsManager } from '../../../lambda/egress/credentials/secrets-manager.ts';
import {
  callerVariables,
  type Fault,
  type SecretsManager,
  startSecretsManager,
} from '../../support/servers/secrets-manager.ts';
import { until } from '../../support/until.ts';

const region = 'eu-central-1';
const arn = `arn:aws:secretsmanager:${region}:123456789012:secret:api-AbCdEf`;
const source = { kind: 'secrets-manager', arn, region, member: null } as const;
const minutes = 60_000;
/** Where the SDK looks for its endpoint, as in a VPC. */
const ENDPOINT = 'AWS_ENDPOINT_URL_SECRETS_MANAGER';

let service: SecretsManager;
let now: number;
let stale: string[];

beforeEach(async () => {
  service = await startSecretsManager();
  service.secrets.set(arn, 'sk_live_0123456789');
  process.env[ENDPOINT] = service.url;
  now = 1e12;
  stale = [];
});
afterEach(async () => {
  delete process.env[ENDPOINT];
  await service.close();
});

const store = (env: Record<string, string> = callerVariables) =>
  createSecretStore({ env, now: () => now, onStale: (message) => stale.push(message) });

describe('a secret', () => {
  test('is read once, with a signature that holds, for all who ask within five minutes', async () => {
    const secrets = store();
    const texts = await Promise.all([source, source, source].map((one) => secrets.get(one)));
    now += 4.9 * minutes;
    texts.push(await secrets.get(source));
    expect(new Set(texts)).toEqual(new Set(['sk_live_0123456789']));
    expect(service.asked).toEqual([arn]);
  });

  test('has its members from one read', async () => {
    service.secrets.set(arn, '{"token":"0123456789","other":"9876543210"}');
    const secrets = store();
    expect(await secrets.get({ ...source, member: 'token' })).toBe('0123456789');
    expect(await secrets.get({ ...source, member: 'other' })).toBe('9876543210');
    expect(service.asked).toEqual([arn]);
  });

  test('that is rotated is in use after five minutes, and nobody waits for it', async () => {
    const secrets = store();
    await secrets.get(source);
    service.secrets.set(arn, 'sk_live_rotated_9876');
    now += 4.9 * minutes;
    expect(await secrets.get(source)).toBe('sk_live_0123456789');
    now += minutes;
    // The old text serves while the new one is on its way.
    expect(await secrets.get(source)).toBe('sk_live_0123456789');
    await until(async () => (await secrets.get(source)) === 'sk_live_rotated_9876');
    expect(service.asked).toEqual([arn, arn]);
    expect(stale).toEqual([]);
  });

  test('of a region is asked of that region', async () => {
    const elsewhere = arn.replace(region, 'us-east-1');
    service.secrets.set(elsewhere, 'sk_live_elsewhere');
    const text = await store().get({ ...source, arn: elsewhere, region: 'us-east-1' });
    expect(text).toBe('sk_live_elsewhere');
  });

  test.each([
    ['that is binary', null, 'is not there'],
    ['that no header can carry', 'two\r\nlines: x', 'characters that no header can carry'],
  ])('%s is none', async (_, text, message) => {
    service.secrets.set(arn, text);
    await expect(store().get(source)).rejects.toThrow(message);
  });
});

describe('an outage', () => {
  const passing: readonly Fault[] = [
    'InternalServiceError',
    'ThrottlingException',
    'reset',
    'unavailable',
  ];

  test.each(passing)('that passes (%s) costs a second try, and no request', async (fault) => {
    service.faults.push(fault);
    expect(await store().get(source)).toBe('sk_live_0123456789');
    expect(service.asked).toHaveLength(2);
  });

  test.each(['AccessDeniedException', 'DecryptionFailure', 'ResourceNotFoundException'] as const)(
    'that stays (%s) is asked about once in five seconds',
    async (fault) => {
      service.faults.push(fault);
      const secrets = store();
      for (let count = 0; count < 5; count++) {
        await expect(secrets.get(source)).rejects.toThrow(SecretError);
      }
      now += 4900;
      await expect(secrets.get(source)).rejects.toThrow(`${arn} could not be read`);
      expect(service.asked).toHaveLength(1);
      now += 200;
      expect(await secrets.get(source)).toBe('sk_live_0123456789');
    },
  );

  test('is named by its kind, without the words of the service', async () => {
    service.faults.push('DecryptionFailure');
    const failure = await store()
      .get(source)
      .catch((error: Error) => error.message);
    expect(failure).toBe(`${arn} could not be read: DecryptionFailure`);
  });

  test('while a secret is kept is told, and the secret serves for an hour', async () => {
    const secrets = store();
    await secrets.get(source);
    service.secrets.delete(arn);
    now += 10 * minutes;
    for (let count = 0; count < 5; count++) {
      expect(await secrets.get(source)).toBe('sk_live_0123456789');
    }
    await until(() => stale.length > 0);
    expect(stale).toEqual([
      `${arn} could not be read: ResourceNotFoundException; its text of 600 s ago serves on`,
    ]);
    expect(service.asked).toHaveLength(2);
    now += 51 * minutes;
    await expect(secrets.get(source)).rejects.toThrow(SecretError);
  });

  test('of a service that does not answer ends after seconds', async () => {
    service.faults.push('silent');
    const begin = performance.now();
    const secrets = store();
    await expect(secrets.get(source)).rejects.toThrow('TimeoutError');
    expect(performance.now() - begin).toBeLessThan(20_000);
    now += 6000;
    expect(await secrets.get(source)).toBe('sk_live_0123456789');
  });

  test('of a service that is not there ends at once', async () => {
    await service.close();
    await expect(store().get(source)).rejects.toThrow(SecretError);
    service = await startSecretsManager();
  });
});

describe('the service refuses', () => {
  test.each([
    ['another key', { ...callerVariables, AWS_ACCESS_KEY_ID: 'AKIDOTHER' }, 'Unrecognized'],
    ['another secret', { ...callerVariables, AWS_SECRET_ACCESS_KEY: 'x' }, 'InvalidSignature'],
    ['no session', { ...callerVariables, AWS_SESSION_TOKEN: '' }, 'Unrecognized'],
  ])('%s', async (_, env, name) => {
    await expect(store(env).get(source)).rejects.toThrow(name);
  });

  test('to be asked in the name of another region', async () => {
    const read = secretsManager({ ...callerVariables })(arn, 'us-east-1');
    await expect(read).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });
});

test('a read leaves no connection behind', async () => {
  const sockets = () =>
    process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  const secrets = store();
  for (let count = 0; count < 5; count++) {
    now += 61 * minutes;
    await secrets.get(source);
  }
  expect(service.asked).toHaveLength(5);
  await until(() => sockets() <= before);
});
