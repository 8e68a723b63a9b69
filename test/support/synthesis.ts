/** The stack as CDK synthesizes it, with the shipped settings and those that a test changes. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { readContext } from '../../infra/context/context.ts';
import { ScriptEngineStack } from '../../infra/stack.ts';

/** The operator's settings as `cdk.json` ships them. */
const defaults: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'),
).context;

/** Settings for each option that is off by default, as they are given on a command line. */
export const options = {
  'public API': { publicApi: 'true' },
  'API keys': { apiKeys: 'alice,bob' },
  'IAM authorization': { iamAuthorization: 'true' },
  'user pool': {
    userPoolArns: 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEf',
  },
  'Lambda authorizer': {
    authorizerFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:who',
  },
  'source ranges': { sourceRanges: '192.0.2.0/24' },
  'private API': { vpcEndpointIds: 'vpce-0a1b2c3d' },
  'WAF rate rule': { wafRequestsPer5Minutes: '500' },
  'AWS managed rules': {
    wafManagedRules:
      'AWSManagedRulesAmazonIpReputationList,AWSManagedRulesKnownBadInputsRuleSet,AWSManagedRulesCommonRuleSet',
  },
  'tools for agents': { mcp: 'true' },
  CORS: { engineCorsOrigins: 'https://app.example.com' },
  'custom domain': {
    domainName: 'run.example.com',
    domainCertificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/6f3ad1c2',
    domainHostedZoneId: 'Z0123456789ABC',
  },
  'post-quantum TLS': { securityPolicy: 'SecurityPolicy_TLS13_1_2_PQ_2025_09' },
  'tenant isolation': { tenantIdFrom: 'method.request.header.x-tenant-id' },
  VPC: { vpcId: 'vpc-0a1b2c3d', vpcSubnetIds: 'subnet-0a1b2c3d,subnet-1a2b3c4d' },
  'reserved concurrency': { reservedConcurrency: '20' },
  'safe deployment': { deployment: 'canary10percent5minutes' },
  'alarm topic': { alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:on-call' },
  budget: {
    alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:on-call',
    budgetUsdPerMonth: '50',
  },
  OpenTelemetry: {
    openTelemetryLayerArn:
      'arn:aws:lambda:eu-central-1:615299751070:layer:AWSOpenTelemetryDistroJs:10',
  },
  'script logs in the function log': { scriptLogGroup: 'false' },
} as const;

const {
  'public API': _public,
  'user pool': _pool,
  'Lambda authorizer': _authorizer,
  'source ranges': _ranges,
  'private API': _private,
  ...protecting
} = options;
/** All of them but those that others contradict. */
export const allOptions: Readonly<Record<string, string>> = Object.assign(
  {},
  ...Object.values(protecting),
);

/** Those that do not go with all of the others. */
export const playgroundOptions = {
  playground: { playground: 'true', publicApi: 'true' },
  'playground behind API keys': { playground: 'true', apiKeys: 'alice', streaming: 'false' },
} as const;

/** One for all apps of a test file, as each would copy the bundle into its own. */
const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

export function createApp(overrides: Readonly<Record<string, unknown>> = {}): App {
  return new App({
    outdir,
    context: { ...CURRENTLY_RECOMMENDED_FLAGS, ...defaults, ...overrides },
  });
}

/** The app of `infra/app.ts` without the checks, under other settings. */
export function synthesize(overrides: Readonly<Record<string, unknown>> = {}) {
  const app = createApp(overrides);
  const stack = new ScriptEngineStack(app, 'ScriptEngine', readContext(app.node));
  return {
    app,
    get template() {
      return Template.fromStack(stack);
    },
  };
}
