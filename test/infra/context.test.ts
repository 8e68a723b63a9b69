import { describe, expect, test } from '@jest/globals';
import { readContext } from '../../infra/context.ts';
import { loadSettings } from '../../lambda/settings/settings.ts';
import { createApp } from '../support/synthesis.ts';

const read = (overrides: Readonly<Record<string, unknown>> = {}) =>
  readContext(createApp(overrides).node);

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
    ['a key that does not exist', { engineTimoutMs: 1000 }, 'engineTimoutMs'],
    ['a key that is gone from cdk.json', { stageName: undefined }, 'stageName'],
    ['a number that is none', { throttleBurst: 'many' }, 'throttleBurst'],
    ['an engine setting that does not parse', { engineTimeoutMs: '5s' }, 'ENGINE_TIMEOUT_MS'],
    ['a default over its ceiling', { engineTimeoutMs: 26_000 }, 'ENGINE_TIMEOUT_MS'],
    ['a bad host pattern', { engineCodeAllowedHosts: 'https://x.example' }, 'ENGINE_CODE_ALLOWED'],
    [
      'an origin with a path',
      { engineCorsOrigins: 'https://x.example/app' },
      'ENGINE_CORS_ORIGINS',
    ],
    ['a run longer than the function', { engineMaxTimeoutMs: 29_000 }, 'engineMaxTimeoutMs'],
    ['a function longer than API Gateway waits', { functionTimeoutSeconds: 60 }, 'functionTimeout'],
    ['guests larger than the function', { engineMaxMemoryMb: 1536 }, 'functionMemoryMb'],
    ['a retention that CloudWatch lacks', { logRetentionDays: 31 }, 'logRetentionDays'],
    ['a domain without its certificate', { domainName: 'x.example' }, 'domainCertificateArn'],
    ['a zone without its domain', { domainHostedZoneId: 'Z1' }, 'domainHostedZoneId'],
    ['a VPC without subnets', { vpcId: 'vpc-0a1b2c3d' }, 'vpcSubnetIds'],
    ['tenants by API key without keys', { tenantIdFrom: 'context.identity.apiKeyId' }, 'apiKeys'],
    [
      'tenants by account without signatures',
      { tenantIdFrom: 'context.identity.accountId' },
      'iamAuthorization',
    ],
    [
      'a tenant that any caller can choose',
      { tenantIdFrom: 'context.identity.userAgent', iamAuthorization: true },
      'tenantIdFrom',
    ],
    ['a tenant from the body', { tenantIdFrom: 'method.request.body.tenant' }, 'tenantIdFrom'],
  ])('refuses %s and names it', (_, overrides, name) => {
    expect(() => read(overrides)).toThrow(name);
  });
});
