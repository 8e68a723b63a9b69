import { describe, expect, test } from '@jest/globals';
import { allOptions, playgroundOptions, synthesize } from '../support/synthesis.ts';

/** Properties that decide who may do what; `null`: all of them. */
const relevant: Readonly<Record<string, readonly string[] | null>> = {
  'AWS::IAM::Role': ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies'],
  'AWS::IAM::Policy': ['PolicyDocument', 'Roles'],
  'AWS::Lambda::Permission': ['Action', 'Principal', 'SourceArn'],
  'AWS::Lambda::Function': ['Role', 'TenancyConfig', 'VpcConfig', 'Layers'],
  'AWS::ApiGateway::RestApi': [
    'DisableExecuteApiEndpoint',
    'EndpointConfiguration',
    'Policy',
    'SecurityPolicy',
    'EndpointAccessMode',
  ],
  'AWS::ApiGateway::Method': [
    'HttpMethod',
    'ResourceId',
    'AuthorizationType',
    'ApiKeyRequired',
    'RequestValidatorId',
  ],
  'AWS::ApiGateway::Stage': ['MethodSettings'],
  'AWS::ApiGateway::UsagePlan': ['Quota', 'Throttle'],
  'AWS::ApiGateway::DomainName': ['SecurityPolicy', 'EndpointAccessMode'],
  'AWS::WAFv2::WebACL': ['DefaultAction', 'Rules', 'Scope'],
  'AWS::EC2::SecurityGroup': null,
  'AWS::SNS::TopicPolicy': null,
};

type Resource = { Type: string; Properties?: Record<string, unknown> };

function securityOf(overrides: Readonly<Record<string, unknown>>) {
  const { Resources } = synthesize(overrides).template.toJSON();
  const parts: Record<string, unknown> = {};
  for (const [id, { Type, Properties = {} }] of Object.entries<Resource>(Resources)) {
    const names = relevant[Type];
    if (names === undefined) continue;
    const chosen = Object.entries(Properties).filter(([name]) => names?.includes(name) ?? true);
    parts[`${Type} ${id}`] = Object.fromEntries(chosen);
  }
  return parts;
}

describe('what decides about access changes only on purpose', () => {
  test('with the defaults', () => {
    expect(securityOf({})).toMatchSnapshot();
  });

  test('with the playground behind API keys', () => {
    expect(securityOf(playgroundOptions['playground behind API keys'])).toMatchSnapshot();
  });

  test('with all options together', () => {
    expect(securityOf(allOptions)).toMatchSnapshot();
  });
});
