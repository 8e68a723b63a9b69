import { describe, expect, test } from '@jest/globals';
import { checkProps, readContext } from '../../infra/context/context.ts';
import { loadSettings } from '../../lambda/settings/settings.ts';
import { createApp } from '../support/synthesis.ts';

const read = (overrides: Readonly<Record<string, unknown>> = {}) =>
  checkProps(readContext(createApp(overrides).node));

describe('CDK context', () => {
  test('the defaults of cdk.json are the defaults of the engine on Lambda', () => {
    const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'engine' };
    expect(loadSettings({ ...onLambda, ...read().engineEnvironment })).toEqual(
      loadSettings(onLambda),
    );
  });

  test('an empty list of hosts means none, not all', () => {
    for (const nobody of ['', []]) {
      const { engine, engineEnvironment } = read({ engineFetchAllowedHosts: nobody });
      expect(engineEnvironment.ENGINE_FETCH_ALLOWED_HOSTS).toBe('');
      expect(engine.fetchAllowedHosts).toEqual([]);
    }
  });

  test('values of the command line, which are text, mean what they mean in cdk.json', () => {
    const text = read({
      functionMemoryMb: '2048',
      reservedConcurrency: '',
      engineMaxTimeoutMs: '9000',
      engineAllowedPorts: '443,8443',
      iamAuthorization: 'true',
      apiKeys: ' alice, bob ,',
      logRetentionDays: '7',
    });
    const json = read({
      functionMemoryMb: 2048,
      reservedConcurrency: null,
      engineMaxTimeoutMs: 9000,
      engineAllowedPorts: [443, 8443],
      iamAuthorization: true,
      apiKeys: ['alice', 'bob'],
      logRetentionDays: 7,
    });
    expect(text).toEqual(json);
    expect(text.engine.maxTimeoutMs).toBe(9000);
  });

  test.each([
    ['a slip in a key', { apiKey: 'alice' }, 'apiKey: is no setting; did you mean apiKeys?'],
    ['another spelling', { 'api-keys': 'alice' }, 'api-keys: is no setting; did you mean apiKeys?'],
    ['a slip in a key of the engine', { engineTimoutMs: 1000 }, 'did you mean engineTimeoutMs?'],
    ['a key of something else', { colour: 'red' }, 'colour: is no setting'],
    ['a key that is gone from cdk.json', { stageName: undefined }, 'stageName: is missing'],
    ['a number that is none', { throttleBurst: 'many' }, 'throttleBurst: '],
    ['an engine setting that does not parse', { engineTimeoutMs: '5s' }, 'engineTimeoutMs: must'],
    [
      'a default over its ceiling',
      { engineTimeoutMs: 26_000 },
      'engineTimeoutMs: 26000 is more than engineMaxTimeoutMs',
    ],
    [
      'a page that would have to sign its requests',
      { playground: true, iamAuthorization: true },
      'playground: is a page',
    ],
    ['a run longer than the function', { engineMaxTimeoutMs: 28_000 }, 'engineMaxTimeoutMs: must'],
    ['a function longer than API Gateway waits', { functionTimeoutSeconds: 29 }, 'functionTimeout'],
    [
      'a stream longer than Lambda runs',
      { engineMaxStreamTimeoutMs: 850_000 },
      'engineMaxStreamTimeoutMs: must be 840000 or less',
    ],
    ['guests larger than the function', { engineMaxMemoryMb: 1536 }, 'functionMemoryMb: must'],
    [
      'modules larger than the function',
      { engineMaxWasmBytes: 256 * 2 ** 20 },
      'functionMemoryMb: must be at least 2176: for each of engineSandboxes',
    ],
    ['a retention that CloudWatch lacks', { logRetentionDays: 31 }, 'logRetentionDays: '],
    [
      'warm tenants',
      { provisionedConcurrency: 1, tenantIdFrom: 'method.request.header.x-tenant-id' },
      'provisionedConcurrency: is not to be had with tenantIdFrom',
    ],
    [
      'more warm than there may be',
      { provisionedConcurrency: 3, reservedConcurrency: 2 },
      'provisionedConcurrency: must not be more than reservedConcurrency',
    ],
    ['one key twice', { apiKeys: 'alice,bob,alice' }, 'apiKeys: has alice more than once'],
    ['two keys that share an output', { apiKeys: 'alice-b,aliceB' }, 'apiKeys: has names'],
    [
      'a domain without its certificate',
      { domainName: 'x.example' },
      'domainCertificateArn: is missing; domainName needs it',
    ],
    [
      'a zone without its domain',
      { domainHostedZoneId: 'Z1' },
      'domainName: is missing; domainHostedZoneId needs it',
    ],
    ['a VPC without subnets', { vpcId: 'vpc-0a' }, 'vpcSubnetIds: are missing; vpcId needs them'],
    [
      'subnets without a VPC',
      { vpcSubnetIds: 'subnet-0a' },
      'vpcId: is missing; vpcSubnetIds need',
    ],
    ['tenants by key without keys', { tenantIdFrom: 'context.identity.apiKeyId' }, 'set apiKeys'],
    [
      'tenants by account without signatures',
      { tenantIdFrom: 'context.identity.accountId', apiKeys: 'alice' },
      'tenantIdFrom: names who signed the request; set iamAuthorization',
    ],
    [
      'a tenant that any caller can choose',
      { tenantIdFrom: 'context.identity.userAgent', iamAuthorization: true },
      'tenantIdFrom: is no tenant',
    ],
    [
      'no hosts of fetch, which is not the same as any',
      { engineFetchAllowedHosts: null },
      'engineFetchAllowedHosts: must be a list; it is null',
    ],
    ['hosts that are a flag', { engineCodeAllowedHosts: false }, 'engineCodeAllowedHosts: must be'],
    ['ports that are a number', { engineAllowedPorts: 443 }, 'engineAllowedPorts: must be a list'],
    ['a limit that is off', { engineTimeoutMs: null }, 'engineTimeoutMs: must be one value; it is'],
    ['a limit that is a list', { engineTimeoutMs: [5000] }, 'engineTimeoutMs: must be one value'],
    [
      'hosts with something else between them than commas',
      { engineCodeAllowedHosts: 'a.example;b.example' },
      'engineCodeAllowedHosts: "a.example;b.example" must be a host name',
    ],
    [
      'an origin with the port that it has anyway',
      { engineCorsOrigins: 'https://app.example.com:443' },
      'without path, slash or the port of its scheme',
    ],
    [
      'more than the environment of a function holds',
      {
        engineFetchAllowedHosts: Array.from({ length: 150 }, (_, n) => `api-${n}.partner.example`),
      },
      /engineFetchAllowedHosts: is too long: .* have \d+ bytes, and Lambda takes 4096/,
    ],
  ])('refuses %s, and says what to change', (_, overrides, message) => {
    expect(() => read(overrides)).toThrow(message);
  });

  test('names all mistakes at once', () => {
    const mistakes = { logLevel: 'LOUD', engineTimeoutMs: null, stageName: 'a/b' };
    expect(() => read(mistakes)).toThrow(/logLevel: (.|\n)*stageName: /);
  });

  test.each([
    ['a credential that is in no list', { match: 'https://a.example/*', secret: 'do-not-show' }],
    ['a list with something else in it', [{ secret: 'do-not-show' }, 7]],
    [
      'a secret in the place of its name',
      [{ match: 'https://a.example/*', secret: 'do-not-show' }],
    ],
    ['a list that is no JSON', '[{"secret":"do-not-show"]'],
  ])('never shows the secret of %s', (_, engineCredentials) => {
    expect(() => read({ engineCredentials })).toThrow(/engineCredentials: /);
    expect(() => read({ engineCredentials })).not.toThrow(/do-not-show/);
  });

  test('an empty value of an option of the engine is off, as null is', () => {
    const empty = read({ engineCpuMs: '', engineInlineCode: '' });
    expect(empty).toEqual(read({ engineCpuMs: null, engineInlineCode: null }));
    expect(empty.engine.inlineCode).toBe(true);
  });

  test("keys of the CDK toolkit's own are none of ours", () => {
    const own = {
      'acknowledged-issue-numbers': [34892],
      'availability-zones:account=111122223333:region=eu-central-1': ['eu-central-1a'],
      '@aws-cdk/core:newStyleStackSynthesis': true,
    };
    expect(read(own)).toEqual(read());
  });
});

describe('who may call', () => {
  test.each([
    ['nothing said: requests must be signed', {}, true],
    ['keys: they are enough', { apiKeys: 'alice' }, false],
    ['keys and signatures', { apiKeys: 'alice', iamAuthorization: 'true' }, true],
    ['anybody, where that is said', { publicApi: 'true' }, false],
  ])('%s', (_, overrides, signed) => {
    expect(read(overrides).iamAuthorization).toBe(signed);
  });

  test.each([
    [
      'nobody said to be asked for anything',
      { iamAuthorization: 'false' },
      'publicApi: must be true',
    ],
    ['open and closed', { publicApi: true, apiKeys: 'alice' }, 'publicApi: contradicts apiKeys'],
    [
      'open and signed',
      { publicApi: true, iamAuthorization: true },
      'publicApi: contradicts iamAuthorization',
    ],
  ])('refuses %s', (_, overrides, message) => {
    expect(() => read(overrides)).toThrow(message);
  });
});
