import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { z } from 'zod';

/**
 * What an operator may set: the keys of `cdk.json`'s `context`, each of which `cdk … -c key=value`
 * overrides. Defaults are in `cdk.json` alone. Values given with `-c` are strings, so each kind of
 * value also has a spelling as text; an empty text means "not set".
 */
const count = fromText(z.int().positive());
const atLeastZero = fromText(z.int().nonnegative());
const flag = fromText(z.boolean());
const optionalCount = optional(count);
const list = fromList(z.array(z.string().min(1)));
const optionalText = optional(z.string().min(1));

const contextSchema = z
  .strictObject({
    functionMemoryMb: fromText(z.int().min(512).max(10_240)),
    functionTimeoutSeconds: fromText(z.int().min(2).max(29)),
    reservedConcurrency: optionalCount,

    engineTimeoutMs: count,
    engineMaxTimeoutMs: count,
    engineCpuMs: optionalCount,
    engineMemoryMb: fromText(z.int().min(16)),
    engineMaxMemoryMb: fromText(z.int().min(16)),
    engineMaxCodeBytes: count,
    engineMaxWasmBytes: count,
    engineDownloadTimeoutMs: count,
    engineMaxOutputBytes: count,
    engineMaxLogEntries: atLeastZero,
    engineMaxResultBytes: count,
    engineMaxRequestBytes: count,
    engineMaxFilesBytes: atLeastZero,
    engineCodeAllowedHosts: list,
    engineFetchAllowedHosts: list,
    engineAllowedPorts: fromList(z.array(z.coerce.number().int().min(1).max(65_535)).nonempty()),
    engineTrustedOrigins: fromList(z.array(z.url({ protocol: /^https?$/ }))),
    engineFetchMaxRequests: atLeastZero,
    engineFetchMaxConcurrent: count,
    engineFetchMaxRequestBytes: count,
    engineFetchMaxResponseBytes: count,
    engineFetchMaxTotalBytes: count,
    engineFetchTimeoutMs: count,
    engineSandboxes: count,

    logLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT', 'CRITICAL']),
    logRetentionDays: fromText(z.enum(RetentionDays)),
    scriptLogGroup: flag,
    alarmP99Ms: count,
    alarmTopicArn: optional(z.string().regex(/^arn:[\w-]+:sns:/, 'is not the ARN of an SNS topic')),

    stageName: z.string().regex(/^\w{1,128}$/, 'may have letters, digits and _ only'),
    throttleRatePerSecond: count,
    throttleBurst: count,
    apiGatewayLogRole: flag,

    iamAuthorization: flag,
    apiKeys: list,
    apiKeyRatePerSecond: count,
    apiKeyBurst: count,
    apiKeyRequestsPerDay: optionalCount,
    wafRequestsPer5Minutes: optional(fromText(z.int().min(10).max(2_000_000_000))),
    corsOrigins: list,
    domainName: optionalText,
    domainCertificateArn: optional(
      z.string().regex(/^arn:[\w-]+:acm:/, 'is not the ARN of an ACM certificate'),
    ),
    domainHostedZoneId: optionalText,
    tenantIdFrom: optional(
      z
        .string()
        .regex(
          /^(method\.request\.header\.[\w-]+|context(\.[A-Za-z]+)+)$/,
          'is neither method.request.header.NAME nor context.NAME',
        ),
    ),
    vpcId: optional(z.string().regex(/^vpc-[0-9a-f]+$/, 'is not the id of a VPC')),
    vpcSubnetIds: fromList(z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'is not a subnet id'))),
  })
  .check(({ value, issues }) => {
    const require = (holds: boolean, key: keyof typeof value, message: string) => {
      if (!holds) issues.push({ code: 'custom', input: value[key], path: [key], message });
    };
    require(value.engineTimeoutMs <=
      value.engineMaxTimeoutMs, 'engineTimeoutMs', 'is over engineMaxTimeoutMs');
    require(value.engineMaxTimeoutMs <
      value.functionTimeoutSeconds *
        1000, 'engineMaxTimeoutMs', 'leaves the function no time: it must be under functionTimeoutSeconds');
    require(value.engineMemoryMb <=
      value.engineMaxMemoryMb, 'engineMemoryMb', 'is over engineMaxMemoryMb');
    require(value.engineMaxMemoryMb * value.engineSandboxes + hostMemoryMb <=
      value.functionMemoryMb, 'engineMaxMemoryMb', `times engineSandboxes, and ${hostMemoryMb} MB for the engine itself, is over functionMemoryMb`);
    require((value.domainName === null) ===
      (value.domainCertificateArn === null), 'domainCertificateArn', 'and domainName go together');
    require(value.domainHostedZoneId === null ||
      value.domainName !== null, 'domainHostedZoneId', 'is of use with a domainName only');
    require((value.vpcId === null) ===
      (value.vpcSubnetIds.length === 0), 'vpcSubnetIds', 'and vpcId go together');
    require(value.tenantIdFrom !== 'context.identity.apiKeyId' ||
      value.apiKeys.length >
        0, 'tenantIdFrom', 'takes the tenant from the API key, and there are no apiKeys');
  });

/** Memory of the function that its own process and an idle sandbox take, with room to spare. */
const hostMemoryMb = 384;

export type Context = z.infer<typeof contextSchema>;

/**
 * Reads and checks the stack's settings.
 * @param node the app's; its context is `cdk.json`'s, with the overrides of the command line
 * @throws Error naming each key that is unknown, missing or out of range
 */
export function readContext(node: Node): Context {
  // CDK's own keys (feature flags, cached look-ups) all have punctuation in their names.
  const own = Object.entries<unknown>(node.getAllContext()).filter(([key]) => /^\w+$/.test(key));
  const result = contextSchema.safeParse(Object.fromEntries(own));
  if (result.success) return result.data;
  const reasons = result.error.issues.map(
    (issue) => `  ${[...issue.path].join('.')}: ${issue.message}`,
  );
  throw new Error(`The CDK context does not fit:\n${reasons.join('\n')}`);
}

/**
 * The engine's settings as environment variables of the function: `engineMaxTimeoutMs` is
 * `ENGINE_MAX_TIMEOUT_MS`. What is not set is left to the engine.
 */
export function engineEnvironment(context: Context): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [key, value] of Object.entries(context)) {
    if (!key.startsWith('engine') || value === null) continue;
    const name = key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    environment[name] = String(value);
  }
  return environment;
}

function fromText<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }, schema);
}

function fromList<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((item) => item.trim())
            .filter((item) => item !== '')
        : value,
    schema,
  );
}

function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? null : value), schema.nullable());
}
