/** TLS of the API's own endpoint and of its domain. */

import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { schemaFaults } from '../support/resource-schemas.ts';
import { options, synthesize } from '../support/synthesis.ts';

const policy = options['post-quantum TLS'].securityPolicy;
const fast = { 'aws:cdk:disable-asset-staging': true };

function made(context: Readonly<Record<string, string>>) {
  const { template } = synthesize({ ...fast, ...context });
  expect(schemaFaults(template.toJSON() as Parameters<typeof schemaFaults>[0])).toEqual([]);
  return template;
}

describe('TLS policy', () => {
  test('post-quantum: the domain has it, and the API, by which AWS negotiates', () => {
    const template = made({ ...options['custom domain'], ...options['post-quantum TLS'] });
    const same = { SecurityPolicy: policy, EndpointAccessMode: 'STRICT' };
    template.hasResourceProperties('AWS::ApiGateway::DomainName', same);
    template.hasResourceProperties('AWS::ApiGateway::RestApi', same);
  });

  test('without a domain: the API has it by itself', () => {
    made({ securityPolicy: policy }).hasResourceProperties('AWS::ApiGateway::RestApi', {
      SecurityPolicy: policy,
      EndpointAccessMode: 'STRICT',
    });
  });

  test('a private API may also be called by the name of its VPC endpoint', () => {
    made({ ...options['private API'], securityPolicy: policy }).hasResourceProperties(
      'AWS::ApiGateway::RestApi',
      { SecurityPolicy: policy, EndpointAccessMode: 'BASIC' },
    );
  });

  test('the default is that of the domain alone: AWS takes it for no API that exists', () => {
    const template = made(options['custom domain']);
    template.hasResourceProperties('AWS::ApiGateway::DomainName', {
      SecurityPolicy: 'TLS_1_2',
      EndpointAccessMode: Match.absent(),
    });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      SecurityPolicy: Match.absent(),
      EndpointAccessMode: Match.absent(),
    });
  });

  test.each([
    'TLS_1_0',
    'SecurityPolicy_TLS13_2025_EDGE',
    'SecurityPolicy_TLS12_2018_EDGE',
    'TLS13_1_2_PQ_2025_09',
    '',
  ])('refuses %j, and names those that there are', (securityPolicy) => {
    expect(() => synthesize({ ...fast, securityPolicy })).toThrow(
      /securityPolicy: .*"TLS_1_2"\|"SecurityPolicy_TLS13_1_2_PQ_2025_09"/,
    );
  });
});
