/** Who may call, and from where: what API Gateway is told, and what contradicts itself. */

import { describe, expect, test } from '@jest/globals';
import { schemaFaults } from '../support/resource-schemas.ts';
import { synthesize } from '../support/synthesis.ts';

const pool = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEf';
const authorizer = 'arn:aws:lambda:eu-central-1:111122223333:function:who';

function made(context: Readonly<Record<string, unknown>>) {
  const { template } = synthesize({ 'aws:cdk:disable-asset-staging': true, ...context });
  expect(schemaFaults(template.toJSON() as Parameters<typeof schemaFaults>[0])).toEqual([]);
  const of = (type: string) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  const curl = JSON.stringify(template.findOutputs('ExecuteCurl'));
  return { of, curl, restApi: of('AWS::ApiGateway::RestApi')[0] };
}

describe('tokens', () => {
  test.each([
    ['COGNITO_USER_POOLS', { userPoolArns: pool }, { ProviderARNs: [pool] }],
    ['CUSTOM', { authorizerFunctionArn: authorizer }, { AuthorizerResultTtlInSeconds: 0 }],
  ])('%s: every method asks for one, but for preflights', (type, context, properties) => {
    const { of, curl } = made({ ...context, engineCorsOrigins: 'https://app.example.com' });
    for (const { HttpMethod, AuthorizationType, AuthorizerId } of of('AWS::ApiGateway::Method')) {
      const preflight = HttpMethod === 'OPTIONS';
      expect(AuthorizationType).toBe(preflight ? 'NONE' : type);
      expect(AuthorizerId === undefined).toBe(preflight);
    }
    expect(of('AWS::ApiGateway::Authorizer')).toEqual([expect.objectContaining(properties)]);
    expect(curl).toContain('authorization: $TOKEN');
    const [refusal] = of('AWS::ApiGateway::GatewayResponse').filter(
      ({ ResponseType }) => ResponseType === 'UNAUTHORIZED',
    );
    expect(refusal?.StatusCode).toBe('403');
    const body = JSON.parse(refusal?.ResponseTemplates['application/json']);
    expect(body).toMatchObject({ status: 'error', error: { code: 'FORBIDDEN' } });
  });

  test('the authorizer may be invoked by this API', () => {
    const { of } = made({ authorizerFunctionArn: authorizer, apiKeys: 'alice' });
    expect(of('AWS::Lambda::Permission').map(({ FunctionName }) => FunctionName)).toContain(
      authorizer,
    );
  });
});

describe('whom a token names', () => {
  test.each([
    [{ userPoolArns: pool }, 'context.authorizer.claims.sub'],
    [{ authorizerFunctionArn: authorizer }, 'context.authorizer.principalId'],
  ])('%j: is in the access log, and may be the tenant', (context, variable) => {
    const { of } = made({ ...context, tenantIdFrom: variable });
    const [stage] = of('AWS::ApiGateway::Stage');
    expect(JSON.parse(stage?.AccessLogSetting.Format).subject).toBe(`$${variable}`);
    const executions = of('AWS::ApiGateway::Method').filter(
      ({ HttpMethod }) => HttpMethod === 'POST',
    );
    expect(executions.map(({ Integration }) => Integration.RequestParameters)).toEqual([
      { 'integration.request.header.X-Amz-Tenant-Id': variable },
    ]);
  });

  test('is in no access log where there are no tokens', () => {
    const [stage] = made({}).of('AWS::ApiGateway::Stage');
    const format = JSON.parse(stage?.AccessLogSetting.Format);
    expect(format).not.toHaveProperty('subject');
    expect(format.tls).toBe('$context.tlsVersion');
  });
});

describe('networks', () => {
  const denied = (Condition: object) => expect.objectContaining({ Effect: 'Deny', Condition });
  const fromRanges = denied({ NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } });
  const fromEndpoints = denied({ StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1b'] } });
  const allowed = { Effect: 'Allow', Principal: '*', Resource: 'execute-api:/*' };
  const preflights = { ...allowed, Resource: 'execute-api:/*/OPTIONS/*' };
  const CORS = { engineCorsOrigins: 'https://app.example.com' };

  test.each([
    ['signed, of ranges', { sourceRanges: '192.0.2.0/24' }, [fromRanges]],
    [
      'open, of ranges',
      { sourceRanges: '192.0.2.0/24', publicApi: true },
      [expect.objectContaining(allowed), fromRanges],
    ],
    ['signed, private', { vpcEndpointIds: 'vpce-0a1b' }, [fromEndpoints]],
    [
      // A policy that allows would let in whomever the authorizer's answer does not mention.
      'with an authorizer, of ranges',
      { sourceRanges: '192.0.2.0/24', authorizerFunctionArn: authorizer },
      [fromRanges],
    ],
    [
      'signed, in a browser, of ranges',
      { sourceRanges: '192.0.2.0/24', ...CORS },
      [expect.objectContaining(preflights), fromRanges],
    ],
    [
      'with an authorizer, in a browser, private',
      { vpcEndpointIds: 'vpce-0a1b', authorizerFunctionArn: authorizer, ...CORS },
      [expect.objectContaining(preflights), fromEndpoints],
    ],
    [
      'keys in a browser, of ranges',
      { sourceRanges: '192.0.2.0/24', apiKeys: 'alice', ...CORS },
      [expect.objectContaining(allowed), fromRanges],
    ],
    [
      'with tokens, private',
      { vpcEndpointIds: 'vpce-0a1b', userPoolArns: pool },
      [expect.objectContaining(allowed), fromEndpoints],
    ],
  ])(
    '%s: nobody else gets in, and signatures still need execute-api:Invoke',
    (_, given, policy) => {
      const { restApi } = made(given);
      expect(restApi?.Policy.Statement).toEqual(policy);
      const isPrivate = 'vpcEndpointIds' in given;
      expect(restApi?.EndpointConfiguration).toEqual(
        isPrivate ? { Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0a1b'] } : { Types: ['REGIONAL'] },
      );
    },
  );
});

test('another rule on who may call takes effect: the API is deployed anew', () => {
  const deploymentOf = (context: Readonly<Record<string, unknown>>) => {
    const { template } = synthesize({ 'aws:cdk:disable-asset-staging': true, ...context });
    return Object.keys(template.findResources('AWS::ApiGateway::Deployment'));
  };
  const ids = [
    { sourceRanges: '192.0.2.0/24' },
    { sourceRanges: '192.0.3.0/24' },
    { userPoolArns: pool },
    { userPoolArns: `${pool}2` },
    { authorizerFunctionArn: authorizer },
    { authorizerFunctionArn: `${authorizer}2` },
  ].flatMap(deploymentOf);
  expect(new Set(ids).size).toBe(6);
});

test.each([
  [{ userPoolArns: pool, playground: true }, 'playground: is a page'],
  [
    { tenantIdFrom: 'context.authorizer.claims.sub', authorizerFunctionArn: authorizer },
    'tenantIdFrom: names a claim of a token; set userPoolArns',
  ],
  [
    { tenantIdFrom: 'context.authorizer.tenant', userPoolArns: pool },
    'tenantIdFrom: names what a Lambda authorizer says; set authorizerFunctionArn',
  ],
  [{ userPoolArns: pool, iamAuthorization: true }, 'iamAuthorization: contradicts userPoolArns'],
  [
    { userPoolArns: pool, authorizerFunctionArn: authorizer },
    'authorizerFunctionArn: contradicts userPoolArns',
  ],
  [{ userPoolArns: pool, publicApi: true }, 'publicApi: contradicts userPoolArns'],
  [{ sourceRanges: '192.0.2.0/24', iamAuthorization: false }, 'publicApi: must be true'],
  [{ vpcEndpointIds: 'vpce-0a', iamAuthorization: false }, 'publicApi: must be true'],
  [{ sourceRanges: '192.0.2.0/24', vpcEndpointIds: 'vpce-0a' }, 'sourceRanges: contradicts vpc'],
  [
    {
      vpcEndpointIds: 'vpce-0a',
      domainName: 'run.example.com',
      domainCertificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/6f3ad1c2',
    },
    'domainName: is not to be had with vpcEndpointIds',
  ],
])('refuses %j, and names the key', (context, message) => {
  expect(() => synthesize(context)).toThrow(message);
});
