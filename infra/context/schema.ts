/** The keys of the context, and the values that each may have by itself. */

import { SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { arn, domainNameText, fromText, listOf, optional, textLike } from './values.ts';

/**
 * API Gateway waits 29 s for an answer: the function ends before that, so that it is the function
 * whose log says what took the time.
 */
const MAX_FUNCTION_SECONDS = 28;

/** TLS policies of regional and private endpoints that take nothing below TLS 1.2. */
const securityPolicies = [
  SecurityPolicy.TLS_1_2,
  SecurityPolicy.TLS13_1_2_PQ_2025_09,
  SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
  SecurityPolicy.TLS13_1_3_2025_09,
  SecurityPolicy.TLS13_1_3_FIPS_2025_09,
] as const;
/** Groups of AWS's rules that protect an API without a database, without PHP, called by services. */
const managedRuleGroups = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesCommonRuleSet',
] as const;

const count = fromText(z.int().positive());
const flag = fromText(z.boolean());
const optionalCount = optional(count);
export const engineKeys = [
  'engineTimeoutMs',
  'engineMaxTimeoutMs',
  'engineCpuMs',
  'engineMemoryMb',
  'engineMaxMemoryMb',
  'engineMaxCodeBytes',
  'engineMaxWasmBytes',
  'engineDownloadTimeoutMs',
  'engineMaxOutputBytes',
  'engineMaxStreamBytes',
  'engineMaxStreamTimeoutMs',
  'engineMaxLogEntries',
  'engineMaxResultBytes',
  'engineMaxRequestBytes',
  'engineMaxFilesBytes',
  'engineCodeAllowedHosts',
  'engineFetchAllowedHosts',
  'engineAllowedPorts',
  'engineTrustedOrigins',
  'engineFetchMaxRequests',
  'engineFetchMaxConcurrent',
  'engineFetchMaxRequestBytes',
  'engineFetchMaxResponseBytes',
  'engineFetchMaxTotalBytes',
  'engineFetchTimeoutMs',
  'engineImports',
  'engineInlineCode',
  'engineSandboxes',
  'engineCodeCacheBytes',
  'engineCorsOrigins',
  'engineCredentials',
] as const;

const engineValue = z.union([z.number(), z.string(), z.boolean()], 'must be one value');
const engineList = z.union(
  [
    z.string(),
    z.array(z.union([z.number(), z.string()])),
    z.array(z.record(z.string(), z.unknown())),
  ],
  'must be a list',
);
/** What each is where `null` or an empty text is no mistake: a list is never off, it is empty. */
const engineKinds: { readonly [Key in (typeof engineKeys)[number]]?: EngineKind } = {
  engineCpuMs: optional(engineValue),
  engineInlineCode: optional(engineValue),
  engineCodeAllowedHosts: engineList,
  engineFetchAllowedHosts: engineList,
  engineAllowedPorts: engineList,
  engineTrustedOrigins: engineList,
  engineCorsOrigins: engineList,
  engineCredentials: engineList,
};
type EngineKind = z.ZodType<z.infer<typeof engineValue | typeof engineList> | null>;

/** Every one of them must be there; the values are checked by the engine's own rules. */
export const engineSchema = z.object(
  Object.fromEntries(engineKeys.map((key) => [key, engineKinds[key] ?? engineValue])) as Record<
    (typeof engineKeys)[number],
    EngineKind
  >,
);

export const stackSchema = z.strictObject({
  functionMemoryMb: fromText(z.int().min(512).max(10_240)),
  functionTimeoutSeconds: fromText(z.int().min(2).max(MAX_FUNCTION_SECONDS)),
  streaming: flag,
  reservedConcurrency: optionalCount,
  provisionedConcurrency: optionalCount,
  deployment: z.enum(['allAtOnce', 'canary10percent5minutes']),

  logLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT', 'CRITICAL']),
  openTelemetryLayerArn: optional(
    arn(
      'lambda',
      String.raw`layer:[\w-]*AWSOpenTelemetryDistroJs[\w-]*:\d+`,
      'a version of the layer AWSOpenTelemetryDistroJs',
    ),
  ),
  logRetentionDays: fromText(z.enum(RetentionDays).exclude(['INFINITE'])),
  scriptLogGroup: flag,
  playground: flag,
  alarmP99Ms: count,
  alarmTopicArn: optional(arn('sns', String.raw`[\w-]{1,256}(\.fifo)?`, 'an SNS topic')),
  budgetUsdPerMonth: optional(fromText(z.number().positive())),
  budgetScope: z.enum(['account', 'stack']),

  stageName: z.string().regex(/^\w{1,128}$/, 'may have letters, digits and _ only'),
  mcp: flag,
  throttleRatePerSecond: count,
  throttleBurst: count,
  apiGatewayLogRole: flag,

  publicApi: flag,
  iamAuthorization: optional(flag),
  apiKeys: listOf(
    z.string().regex(/^[A-Za-z][\w-]{0,63}$/, 'has a name that is not letters, digits, - and _'),
  ),
  userPoolArns: listOf(arn('cognito-idp', String.raw`userpool/[\w-]+`, 'a Cognito user pool')),
  authorizerFunctionArn: optional(
    arn('lambda', String.raw`function:[\w-]{1,64}(:[\w-]+)?`, 'a Lambda function'),
  ),
  sourceRanges: listOf(z.cidrv4('has what is not an IPv4 range such as 192.0.2.0/24')),
  vpcEndpointIds: listOf(textLike(/^vpce-[0-9a-f]+$/, 'has what is not the id of a VPC endpoint')),
  apiKeyRatePerSecond: count,
  apiKeyBurst: count,
  apiKeyRequestsPerDay: optionalCount,
  wafRequestsPer5Minutes: optional(fromText(z.int().min(10).max(2_000_000_000))),
  wafManagedRules: listOf(z.enum(managedRuleGroups)),
  domainName: optional(domainNameText),
  domainCertificateArn: optional(arn('acm', String.raw`certificate/[\w-]+`, 'an ACM certificate')),
  domainHostedZoneId: optional(textLike(/^Z[A-Z0-9]{1,31}$/, 'is not the id of a Route 53 zone')),
  securityPolicy: z.enum(securityPolicies),
  tenantIdFrom: optional(
    z
      .string()
      .regex(
        /^(method\.request\.header\.[\w-]+|context(\.\w+)+)$/,
        'is neither method.request.header.NAME nor context.NAME',
      ),
  ),
  vpcId: optional(textLike(/^vpc-[0-9a-f]+$/, 'is not the id of a VPC')),
  vpcSubnetIds: listOf(textLike(/^subnet-[0-9a-f]+$/, 'has what is not a subnet id')),
});
