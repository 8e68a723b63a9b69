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
  });

  test('the authorizer may be invoked by this API', () => {
    const { of } = made({ authorizerFunctionArn: authorizer, apiKeys: 'alice' });
    expect(of('AWS::Lambda::Permission').map(({ FunctionName }) => FunctionName)).toContain(
      authorizer,
    );
  });
});

describe('networks', () => {
  const denied = (Condition: object) => expect.objectContaining({ Effect: 'Deny', Condition });
  const fromRanges = denied({ NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } });
  const fromEndpoints = denied({ StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1b'] } });
  const allowed = { Effect: 'Allow', Principal: '*' };

  test.each([
    ['signed, of ranges', { sourceRanges: '192.0.2.0/24' }, [fromRanges]],
    [
      'open, of ranges',
      { sourceRanges: '192.0.2.0/24', publicApi: true },
      [expect.objectContaining(allowed), fromRanges],
    ],
    ['signed, private', { vpcEndpointIds: 'vpce-0a1b' }, [fromEndpoints]],
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

test.each([
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
