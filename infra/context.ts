import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { z } from 'zod';
import { loadSettings, type Settings, SettingsError } from '../lambda/settings/settings.ts';

/**
 * What an operator may set: the keys of `cdk.json`'s `context`, each of which `cdk … -c key=value`
 * overrides. Defaults are in `cdk.json` alone. Values given with `-c` are strings, so each kind of
 * value also has a spelling as text: a list's items have commas between them, and an empty text is
 * an empty list or an option that is off.
 */
const count = fromText(z.int().positive());
const flag = fromText(z.boolean());
const optionalCount = optional(count);
const list = fromList(z.array(z.string().min(1)));
const optionalText = optional(z.string().min(1));
const engineKeys = [
  'engineTimeoutMs',
  'engineMaxTimeoutMs',
  'engineCpuMs',
  'engineMemoryMb',
  'engineMaxMemoryMb',
  'engineMaxCodeBytes',
  'engineMaxWasmBytes',
  'engineDownloadTimeoutMs',
  'engineMaxOutputBytes',
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
] as const;

/** Every one of them must be there; the values are checked by the engine's own rules. */
const engineSchema = z.record(
  z.enum(engineKeys),
  z.union([
    z.number(),
    z.string(),
    z.boolean(),
    z.array(z.union([z.number(), z.string()])),
    z.null(),
  ]),
);

const stackSchema = z
  .strictObject({
    functionMemoryMb: fromText(z.int().min(512).max(10_240)),
    functionTimeoutSeconds: fromText(z.int().min(2).max(29)),
    reservedConcurrency: optionalCount,

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
    const { domainName, domainCertificateArn, domainHostedZoneId, vpcId, vpcSubnetIds } = value;
    const problems = {
      domainCertificateArn:
        (domainName === null) !== (domainCertificateArn === null) && 'goes with a domainName',
      domainHostedZoneId:
        domainName === null && domainHostedZoneId !== null && 'goes with a domainName',
      vpcSubnetIds: (vpcId === null) !== (vpcSubnetIds.length === 0) && 'go with a vpcId',
      tenantIdFrom: tenantProblem(value),
    };
    for (const [key, message] of Object.entries(problems)) {
      if (message !== false) issues.push({ code: 'custom', input: value, path: [key], message });
    }
  });

/**
 * Why `tenantIdFrom` would give no request a tenant: Lambda would then reject every request or, if it
 * accepted an empty tenant, run all of them as the same one.
 */
function tenantProblem(context: {
  readonly tenantIdFrom: string | null;
  readonly iamAuthorization: boolean;
  readonly apiKeys: readonly string[];
}): string | false {
  const { tenantIdFrom, iamAuthorization, apiKeys } = context;
  if (tenantIdFrom === null || tenantIdFrom.startsWith('method.')) return false;
  if (tenantIdFrom === 'context.identity.apiKeyId') {
    return apiKeys.length === 0 && 'names API keys; set apiKeys';
  }
  if (signerProperties.has(tenantIdFrom)) {
    return !iamAuthorization && 'names who signed the request; set iamAuthorization';
  }
  return `is no tenant; of the context, API Gateway knows context.identity.apiKeyId, ${[...signerProperties].join(', ')}`;
}

/** Where API Gateway finds who signed a request. */
const signerProperties: ReadonlySet<string> = new Set([
  'context.identity.accountId',
  'context.identity.caller',
  'context.identity.user',
  'context.identity.userArn',
]);

/** Memory of the function that its own process and an idle sandbox take, with room to spare. */
const HOST_MEMORY_MB = 384;

export interface Context extends z.infer<typeof stackSchema> {
  readonly engine: Settings;
  /** The same as environment variables: `engineMaxTimeoutMs` is `ENGINE_MAX_TIMEOUT_MS`. */
  readonly engineEnvironment: Readonly<Record<string, string>>;
}

/**
 * Reads and checks the stack's settings; the engine's own by the very code that reads them when the
 * function starts.
 * @param node the app's; its context is `cdk.json`'s, with the overrides of the command line
 * @throws Error naming each key that is unknown, missing or out of range
 */
export function readContext(node: Node): Context {
  // CDK's own keys (feature flags, cached look-ups) all have punctuation in their names.
  const own = Object.entries<unknown>(node.getAllContext()).filter(([key]) => /^\w+$/.test(key));
  const ofEngine = ([key]: readonly [string, unknown]) => key.startsWith('engine');
  const settings = parse(
    stackSchema,
    own.filter((entry) => !ofEngine(entry)),
  );
  const engineEnvironment = toEnvironment(parse(engineSchema, own.filter(ofEngine)));
  const engine = loadEngineSettings(engineEnvironment);
  requireMemoryAndTime(engine, settings);
  return { ...settings, engine, engineEnvironment };
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  entries: readonly (readonly [string, unknown])[],
): z.infer<Schema> {
  const parsed = schema.safeParse(Object.fromEntries(entries));
  if (parsed.success) return parsed.data;
  throw contextError(
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

function toEnvironment(settings: z.infer<typeof engineSchema>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [key, value] of Object.entries(settings)) {
    const name = key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    if (value !== null) environment[name] = String(value);
  }
  return environment;
}

function loadEngineSettings(environment: Readonly<Record<string, string>>): Settings {
  try {
    return loadSettings(environment);
  } catch (error) {
    throw error instanceof SettingsError ? contextError(error.message.split('\n')) : error;
  }
}

function requireMemoryAndTime(
  engine: Settings,
  { functionMemoryMb, functionTimeoutSeconds }: z.infer<typeof stackSchema>,
): void {
  if (engine.maxTimeoutMs >= functionTimeoutSeconds * 1000) {
    throw contextError(['engineMaxTimeoutMs: must be under functionTimeoutSeconds']);
  }
  const neededMb = engine.maxMemoryMb * engine.sandboxes + HOST_MEMORY_MB;
  if (neededMb > functionMemoryMb) {
    throw contextError([
      `functionMemoryMb: must be at least ${neededMb}: engineMaxMemoryMb for each of ` +
        `engineSandboxes, and ${HOST_MEMORY_MB} for the engine itself`,
    ]);
  }
}

function contextError(reasons: readonly string[]): Error {
  return new Error(['The CDK context does not fit:', ...reasons].join('\n  '));
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
