import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { contextKeys } from '../../infra/context/context.ts';
import { schemaFaults } from '../support/resource-schemas.ts';
import { options, synthesize } from '../support/synthesis.ts';

/** For each key another value than the default, as a command line gives it, and one that is wrong. */
const values: Readonly<Record<string, readonly [good: string, wrong: string]>> = {
  functionMemoryMb: ['3008', '128'],
  functionTimeoutSeconds: ['27', '29'],
  streaming: ['false', 'no'],
  mcp: ['true', 'on'],
  reservedConcurrency: ['5', '0'],
  provisionedConcurrency: ['3', '1.5'],
  deployment: ['canary10percent5minutes', 'canary'],
  engineTimeoutMs: ['2000', '5s'],
  engineMaxTimeoutMs: ['9000', '28000'],
  engineCpuMs: ['1000', '-1'],
  engineMemoryMb: ['64', '8'],
  engineMaxMemoryMb: ['256', '4097'],
  engineMaxCodeBytes: ['1048576', '1e6'],
  engineMaxWasmBytes: ['1048576', '64 MiB'],
  engineDownloadTimeoutMs: ['3000', '0'],
  engineMaxOutputBytes: ['65536', 'none'],
  engineMaxStreamBytes: ['1048576', '-1'],
  engineMaxStreamTimeoutMs: ['60000', '850000'],
  engineMaxLogEntries: ['10', '100001'],
  engineMaxResultBytes: ['65536', '3'],
  engineMaxRequestBytes: ['65536', '1'],
  engineMaxFilesBytes: ['1048576', '1.5'],
  engineCodeAllowedHosts: ['code.example.com', 'https://code.example.com'],
  engineFetchAllowedHosts: ['', 'api.example.com/v1'],
  engineAllowedPorts: ['443', '70000'],
  engineTrustedOrigins: ['http://intranet.example:8080', 'http://intranet.example/'],
  engineFetchMaxRequests: ['0', 'all'],
  engineFetchMaxConcurrent: ['2', '0'],
  engineFetchMaxRequestBytes: ['0', '-1'],
  engineFetchMaxResponseBytes: ['65536', '1 KB'],
  engineFetchMaxTotalBytes: ['65536', '0x10'],
  engineFetchTimeoutMs: ['1000', '0'],
  engineImports: ['map', 'none'],
  engineInlineCode: ['false', 'yes'],
  engineSandboxes: ['2', '0'],
  engineCodeCacheBytes: ['0', 'off'],
  engineCorsOrigins: ['https://app.example.com', 'app.example.com'],
  engineCredentials: [
    '[{"match":"https://api.example.com/*","header":"x-key","secret":"arn:aws:secretsmanager:eu-central-1:111122223333:secret:key-AbCdEf"}]',
    '[{"match":"api.example.com","header":"x-key","secret":"env:KEY"}]',
  ],
  logLevel: ['DEBUG', 'VERBOSE'],
  openTelemetryLayerArn: [
    'arn:aws:lambda:eu-central-1:615299751070:layer:AWSOpenTelemetryDistroJs:10',
    'arn:aws:lambda:eu-central-1:901920570463:layer:aws-otel-nodejs-arm64-ver-1-30-2:1',
  ],
  logRetentionDays: ['7', '9999'],
  scriptLogGroup: ['false', 'no'],
  playground: ['true', 'on'],
  alarmP99Ms: ['5000', '5s'],
  alarmTopicArn: ['arn:aws:sns:eu-central-1:111122223333:on-call', 'arn:aws:sns:'],
  budgetUsdPerMonth: ['12.5', '-1'],
  budgetScope: ['stack', 'region'],
  stageName: ['prod', 'v1/prod'],
  throttleRatePerSecond: ['10', '0'],
  throttleBurst: ['20', 'many'],
  apiGatewayLogRole: ['false', '0'],
  publicApi: ['true', 'open'],
  iamAuthorization: ['true', 'false'],
  apiKeys: ['alice,bob', 'alice,alice'],
  userPoolArns: [
    'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEf',
    'eu-central-1_AbCdEf',
  ],
  authorizerFunctionArn: ['arn:aws:lambda:eu-central-1:111122223333:function:who', 'who'],
  sourceRanges: ['192.0.2.0/24,198.51.100.7/32', '192.0.2.0'],
  vpcEndpointIds: ['vpce-0a1b2c3d', 'vpc-0a1b2c3d'],
  apiKeyRatePerSecond: ['5', '-5'],
  apiKeyBurst: ['5', '1.5'],
  apiKeyRequestsPerDay: ['', '0'],
  wafRequestsPer5Minutes: ['500', '9'],
  wafManagedRules: [options['AWS managed rules'].wafManagedRules, 'AWSManagedRulesPHPRuleSet'],
  domainName: ['run.example.com', 'https://run.example.com'],
  domainCertificateArn: [
    'arn:aws:acm:eu-central-1:111122223333:certificate/6f3ad1c2',
    'arn:aws:acm:eu-central-1:certificate',
  ],
  domainHostedZoneId: ['Z0123456789ABC', 'example.com'],
  securityPolicy: ['SecurityPolicy_TLS13_1_2_PQ_2025_09', 'SecurityPolicy_TLS13_2025_EDGE'],
  tenantIdFrom: ['method.request.header.x-tenant-id', 'method.request.body.tenant'],
  vpcId: ['vpc-0a1b2c3d', 'default'],
  vpcSubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3d,subnet-0a1b2c3d'],
};

/** What a key needs beside it. */
const partners: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  engineSandboxes: { functionMemoryMb: '4096' },
  playground: options['API keys'],
  domainName: options['custom domain'],
  domainCertificateArn: options['custom domain'],
  domainHostedZoneId: options['custom domain'],
  budgetUsdPerMonth: options['alarm topic'],
  budgetScope: options.budget,
  vpcId: options.VPC,
  vpcSubnetIds: options.VPC,
  apiKeyRatePerSecond: options['API keys'],
  apiKeyBurst: options['API keys'],
  apiKeyRequestsPerDay: options['API keys'],
};

const {
  CORS,
  VPC,
  'API keys': keys,
  'AWS managed rules': managedRules,
  'IAM authorization': iam,
  'Lambda authorizer': authorizer,
  'WAF rate rule': waf,
  'alarm topic': topic,
  'custom domain': domain,
  'post-quantum TLS': postQuantum,
  'private API': inside,
  'public API': open,
  'reserved concurrency': reserved,
  'safe deployment': safe,
  'source ranges': ranges,
  'script logs in the function log': oneLog,
  'tenant isolation': tenants,
  'tools for agents': mcp,
  'user pool': pool,
  budget,
} = options;
const twice = 'AWSManagedRulesCommonRuleSet,AWSManagedRulesCommonRuleSet';
const byKey = { tenantIdFrom: 'context.identity.apiKeyId' };
const strict = { engineCodeAllowedHosts: 'code.example.com', engineFetchAllowedHosts: '' };
const large = { functionMemoryMb: '10240', engineMaxMemoryMb: '2048', engineSandboxes: '2' };
const small = { functionMemoryMb: '512', engineMaxMemoryMb: '64', engineMemoryMb: '64' };

const combinations: readonly [string, Readonly<Record<string, string>>][] = [
  ['warm, deployed with care', { ...safe, ...reserved, provisionedConcurrency: '2', ...iam }],
  ['keys and signatures', { ...keys, ...iam }],
  ['keys in a browser', { ...keys, ...CORS }],
  ['signatures in a browser', { ...iam, ...CORS }],
  ['an open API in a browser, from anywhere', { ...open, engineCorsOrigins: '*' }],
  ['an open API behind a firewall', { ...open, ...waf }],
  ['keys and a playground', { ...keys, playground: 'true' }],
  ['a playground of whole answers', { ...open, playground: 'true', streaming: 'false' }],
  ['keys under a domain', { ...keys, ...domain }],
  ['keys under a domain of another registrar', { ...keys, ...domain, domainHostedZoneId: '' }],
  ['tenants by key', { ...keys, ...byKey }],
  ['tenants by account', { ...iam, tenantIdFrom: 'context.identity.accountId' }],
  ['tenants by header in a browser', { ...keys, ...CORS, ...tenants }],
  ['a VPC with signatures', { ...VPC, ...iam }],
  [
    'a VPC whose code reaches an intranet',
    { ...VPC, engineTrustedOrigins: 'http://10.0.0.5:8080' },
  ],
  ['strict hosts', strict],
  ['strict hosts with code in requests', { ...strict, engineInlineCode: 'true' }],
  ['much memory', large],
  ['little memory', { ...small, engineMaxWasmBytes: '5242880' }],
  ['one log, quiet', { ...oneLog, logLevel: 'ERROR' }],
  ['watched by somebody', { ...topic, alarmP99Ms: '3000', logRetentionDays: '365' }],
  ['a ceiling of the bill', { ...reserved, throttleRatePerSecond: '5', throttleBurst: '10' }],
  [
    'brief runs',
    { engineTimeoutMs: '500', engineMaxTimeoutMs: '2000', functionTimeoutSeconds: '6' },
  ],
  ['a private API, signed', { ...inside, ...iam, ...VPC }],
  ['a private API, deployed with care', { ...inside, ...safe, ...topic }],
  ['a private API of whole answers', { ...inside, ...open, streaming: 'false' }],
  ['a private API with post-quantum TLS', { ...inside, ...postQuantum, ...keys }],
  ['a private API for tenants of a user pool', { ...inside, ...pool, ...tenants }],
  ['users of a pool in a browser', { ...pool, ...CORS, streaming: 'false' }],
  ['users of a pool with keys, of known networks', { ...pool, ...keys, ...ranges, ...waf }],
  ['tokens that a function checks, for agents', { ...authorizer, ...mcp, ...postQuantum }],
  ['tenants by key, deployed with care', { ...keys, ...byKey, ...safe, streaming: 'false' }],
  ['all rules in front of a playground', { ...open, playground: 'true', ...waf, ...managedRules }],
  ['rules in front of agents', { ...keys, ...mcp, ...managedRules }],
  ['post-quantum TLS under a domain', { ...keys, ...domain, ...postQuantum, ...safe }],
  ['only TLS 1.3', { ...domain, securityPolicy: 'SecurityPolicy_TLS13_1_3_FIPS_2025_09' }],
  ['a budget of the stack', { ...budget, budgetScope: 'stack', ...reserved }],
  [
    'all that go together',
    {
      ...keys,
      ...iam,
      ...waf,
      ...managedRules,
      ...CORS,
      ...domain,
      ...postQuantum,
      ...VPC,
      ...budget,
      ...safe,
      ...mcp,
      ...ranges,
      ...oneLog,
    },
  ],
];

/** What AWS has not, or what would be open or silent by mistake, each with the key to change. */
const refusals: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
  ['a private API under a public domain', { ...inside, ...domain }, /^ *domainName: /],
  ['a private API of public networks', { ...inside, ...ranges }, /^ *sourceRanges: /],
  [
    'a private API without a word on who calls',
    { ...inside, iamAuthorization: 'false' },
    /^ *publicApi: /,
  ],
  ['warm tenants', { ...tenants, ...keys, provisionedConcurrency: '2' }, /^ *provisionedConc/],
  ['signatures and tokens', { ...iam, ...pool }, /^ *iamAuthorization: /],
  ['two kinds of tokens', { ...pool, ...authorizer }, /^ *authorizerFunctionArn: /],
  ['tenants by key without keys', { ...pool, ...byKey }, /^ *tenantIdFrom: /],
  ['open and with tokens', { ...open, ...authorizer }, /^ *publicApi: /],
  ['a signed playground', { ...iam, playground: 'true' }, /^ *playground: /],
  ['a budget that tells nobody', { budgetUsdPerMonth: '50' }, /^ *alarmTopicArn: is missing/],
  ['a scope of no budget', { ...topic, budgetScope: 'stack' }, /^ *budgetUsdPerMonth: is missing/],
  ['one group of rules twice', { wafManagedRules: twice }, /^ *wafManagedRules: has AWS\w+ more/],
];

type Template = Parameters<typeof schemaFaults>[0];
const fast = { 'aws:cdk:disable-asset-staging': true };

describe('each option', () => {
  test('of cdk.json is tried here', () => {
    const { context } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'),
    );
    expect(Object.keys(values).sort()).toEqual(Object.keys(context).sort());
    expect([...contextKeys].sort()).toEqual(Object.keys(context).sort());
  });

  test.each(Object.entries(values))('%s: with its partners it synthesizes', (key, [good]) => {
    const { template } = synthesize({ ...fast, ...partners[key], [key]: good });
    expect(schemaFaults(template.toJSON() as Template)).toEqual([]);
    expect(Object.keys(template.findResources('AWS::Lambda::Function'))).toEqual([
      'ExecuteFunction',
    ]);
  });

  test.each(Object.entries(values))(
    '%s: a wrong value is refused by its name',
    (key, [, wrong]) => {
      const lines = refusal({ ...partners[key], [key]: wrong });
      expect(lines.filter((line) => line.includes(`${key}:`) || named(line, key))).not.toEqual([]);
    },
  );
});

test("CloudFormation's schemas tell what does not fit", () => {
  const faults = schemaFaults({
    Resources: {
      A: { Type: 'AWS::Lambda::Function', Properties: { Code: {}, Rolle: '', Timeout: '28' } },
      B: { Type: 'AWS::Lambda::Funktion' },
    },
  });
  expect(faults).toEqual([
    'A (AWS::Lambda::Function) lacks Role',
    'A (AWS::Lambda::Function) has no Rolle',
    'A (AWS::Lambda::Function).Timeout is no number',
    'B: there is no AWS::Lambda::Funktion',
  ]);
});

describe('combinations', () => {
  test.each(combinations)('%s', (_, context) => {
    const { template } = synthesize({ ...fast, ...context });
    expect(schemaFaults(template.toJSON() as Template)).toEqual([]);
    template.resourceCountIs('AWS::ApiGateway::RestApi', 1);
  });
});

describe('combinations that are refused', () => {
  test.each(refusals)('%s', (_, context, line) => {
    expect(refusal(context)).toContainEqual(expect.stringMatching(line));
  });
});

/** Some wrong values are wrong beside others: the message then begins with another key. */
function named(line: string, key: string): boolean {
  return new RegExp(String.raw`\b${key}\b`).test(line);
}

function refusal(context: Readonly<Record<string, string>>): readonly string[] {
  try {
    synthesize({ ...fast, ...context });
  } catch (error) {
    return String(error).split('\n').slice(1);
  }
  return [];
}
