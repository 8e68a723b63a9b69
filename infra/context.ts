/**
 * What an operator may set: the keys of `cdk.json`'s `context`, each of which `cdk … -c key=value`
 * overrides. Defaults are in `cdk.json` alone.
 */

import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { z } from 'zod';
import { nearestName } from '../lambda/settings/nearest-name.ts';
import { loadSettings, type Settings, SettingsError } from '../lambda/settings/settings.ts';
import { arn, domainNameText, fromText, listOf, optional } from './context-values.ts';
import { invocationSecondsOf, roomProblems } from './room.ts';

/**
 * API Gateway waits 29 s for an answer: the function ends before that, so that it is the function
 * whose log says what took the time.
 */
const MAX_FUNCTION_SECONDS = 28;

const count = fromText(z.int().positive());
const flag = fromText(z.boolean());
const optionalCount = optional(count);
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

/** Every one of them must be there; the values are checked by the engine's own rules. */
const engineSchema = z.record(
  z.enum(engineKeys),
  z.union([
    z.number(),
    z.string(),
    z.boolean(),
    z.array(z.union([z.number(), z.string()])),
    z.array(z.record(z.string(), z.unknown())),
    z.null(),
  ]),
);

const stackSchema = z.strictObject({
  functionMemoryMb: fromText(z.int().min(512).max(10_240)),
  functionTimeoutSeconds: fromText(z.int().min(2).max(MAX_FUNCTION_SECONDS)),
  streaming: flag,
  reservedConcurrency: optionalCount,
  provisionedConcurrency: optionalCount,
  deployment: z.enum(['allAtOnce', 'canary10percent5minutes']),

  logLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT', 'CRITICAL']),
  logRetentionDays: fromText(z.enum(RetentionDays).exclude(['INFINITE'])),
  scriptLogGroup: flag,
  playground: flag,
  alarmP99Ms: count,
  alarmTopicArn: optional(arn('sns', String.raw`[\w-]{1,256}(\.fifo)?`, 'an SNS topic')),

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
  apiKeyRatePerSecond: count,
  apiKeyBurst: count,
  apiKeyRequestsPerDay: optionalCount,
  wafRequestsPer5Minutes: optional(fromText(z.int().min(10).max(2_000_000_000))),
  domainName: optional(domainNameText),
  domainCertificateArn: optional(arn('acm', String.raw`certificate/[\w-]+`, 'an ACM certificate')),
  domainHostedZoneId: optional(
    z.string().regex(/^Z[A-Z0-9]{1,31}$/, 'is not the id of a Route 53 zone'),
  ),
  tenantIdFrom: optional(
    z
      .string()
      .regex(
        /^(method\.request\.header\.[\w-]+|context(\.[A-Za-z]+)+)$/,
        'is neither method.request.header.NAME nor context.NAME',
      ),
  ),
  vpcId: optional(z.string().regex(/^vpc-[0-9a-f]+$/, 'is not the id of a VPC')),
  vpcSubnetIds: listOf(z.string().regex(/^subnet-[0-9a-f]+$/, 'has what is not a subnet id')),
});

type StackSettings = Omit<z.infer<typeof stackSchema>, 'iamAuthorization'> & {
  /** Whether requests must be signed: as the context says, else where nothing else says who may call. */
  readonly iamAuthorization: boolean;
};

function decided(given: z.infer<typeof stackSchema>): StackSettings {
  const { publicApi, apiKeys, iamAuthorization } = given;
  return { ...given, iamAuthorization: iamAuthorization ?? !(publicApi || apiKeys.length > 0) };
}

/** Values that do not go together, each under the key that has to be changed. */
function contradictions(settings: StackSettings): readonly string[] {
  const { publicApi, iamAuthorization, apiKeys, vpcId, vpcSubnetIds } = settings;
  const { domainName, domainCertificateArn, domainHostedZoneId } = settings;
  const protectedBy = [
    ...(iamAuthorization ? ['iamAuthorization'] : []),
    ...(apiKeys.length > 0 ? ['apiKeys'] : []),
  ];
  const outputs = apiKeys.map(keyOutputName);
  const problems = {
    publicApi: publicApi
      ? protectedBy.length > 0 && `contradicts ${protectedBy.join(' and ')}`
      : protectedBy.length === 0 &&
        'must be true for an API that anybody may call; otherwise set iamAuthorization or apiKeys',
    apiKeys:
      new Set(outputs).size < outputs.length &&
      'has names that differ in case or punctuation only, and would share an output',
    domainName:
      domainName === null &&
      (domainCertificateArn ?? domainHostedZoneId) !== null &&
      `is missing; ${domainCertificateArn === null ? 'domainHostedZoneId' : 'domainCertificateArn'} needs it`,
    domainCertificateArn:
      domainName !== null && domainCertificateArn === null && 'is missing; domainName needs it',
    vpcId: vpcId === null && vpcSubnetIds.length > 0 && 'is missing; vpcSubnetIds need it',
    vpcSubnetIds: vpcId !== null && vpcSubnetIds.length === 0 && 'are missing; vpcId needs them',
    playground:
      settings.playground &&
      iamAuthorization &&
      'is a page, which cannot sign requests: set apiKeys or publicApi',
    provisionedConcurrency: provisioningProblem(settings),
    tenantIdFrom: tenantProblem(settings),
  };
  return Object.entries(problems).flatMap(([key, problem]) =>
    problem === false ? [] : [`${key}: ${problem}`],
  );
}

function provisioningProblem(settings: StackSettings): string | false {
  const { provisionedConcurrency, reservedConcurrency, tenantIdFrom } = settings;
  if (provisionedConcurrency === null) return false;
  if (tenantIdFrom !== null)
    return 'is not to be had with tenantIdFrom: Lambda provisions no tenant';
  const reserved = reservedConcurrency ?? Number.POSITIVE_INFINITY;
  return provisionedConcurrency > reserved && 'must not be more than reservedConcurrency';
}

/** The output that has the id of a key: `KeyAlice`. */
export function keyOutputName(name: string): string {
  const words = name.split(/[-_]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Key${words.join('')}`;
}

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

/** Lambda's limit for names and values of all environment variables together. */
const MAX_ENVIRONMENT_BYTES = 4096;
/** Of the variables that the stack adds to the engine's own, with the name of a log group. */
const OTHER_VARIABLES_BYTES = 512;

export interface Context extends StackSettings {
  readonly engine: Settings;
  /** How long an invocation may take, and API Gateway waits for it. */
  readonly invocationSeconds: number;
  /** The same as environment variables: `engineMaxTimeoutMs` is `ENGINE_MAX_TIMEOUT_MS`. */
  readonly engineEnvironment: Readonly<Record<string, string>>;
}

/** A context that does not fit; the message names each key, and what is wrong with it. */
export class ContextError extends Error {
  override readonly name = 'ContextError';

  constructor(reasons: readonly string[]) {
    super(['The CDK context does not fit:', ...reasons].join('\n  '));
  }
}

/**
 * Reads and checks the stack's settings; the engine's own by the very code that reads them when the
 * function starts.
 * @param node the app's; its context is `cdk.json`'s, with the overrides of the command line
 * @throws {ContextError} naming each key that is unknown, missing or out of range
 */
export function readContext(node: Node): Context {
  const all = Object.entries<unknown>(node.getAllContext()).filter(([key]) => !isOfCdk(key));
  const given = Object.fromEntries(all);
  throwAny(unknownOrMissing(given));

  const ofStack = stackSchema.safeParse(pick(given, stackKeys));
  const ofEngine = engineSchema.safeParse(pick(given, engineKeys));
  if (!ofStack.success || !ofEngine.success) {
    const issues = [...(ofStack.error?.issues ?? []), ...(ofEngine.error?.issues ?? [])];
    throw new ContextError(issues.map((issue) => describe(issue, given)));
  }
  const settings = decided(ofStack.data);
  const engineEnvironment = toEnvironment(ofEngine.data);
  const engine = loadEngineSettings(engineEnvironment);
  throwAny([
    ...contradictions(settings),
    ...roomProblems(engine, settings),
    ...environmentProblems(engineEnvironment),
  ]);
  const invocationSeconds = invocationSecondsOf(engine, settings);
  return { ...settings, engine, engineEnvironment, invocationSeconds };
}

const stackKeys = Object.keys(stackSchema.shape);
/** Every key that there is. */
export const contextKeys: readonly string[] = [...stackKeys, ...engineKeys];
/** What the CDK toolkit writes into a context by itself; all else of its own has `:` or `/` in the name. */
const cdkKeys: ReadonlySet<string> = new Set(['acknowledged-issue-numbers', 'cli-telemetry']);

function isOfCdk(key: string): boolean {
  return /[:/]/.test(key) || cdkKeys.has(key);
}

function unknownOrMissing(given: Readonly<Record<string, unknown>>): readonly string[] {
  const unknown = Object.keys(given).filter((key) => !contextKeys.includes(key));
  const missing = contextKeys.filter((key) => given[key] === undefined);
  return [
    ...unknown.map((key) => {
      const near = nearestName(key, contextKeys);
      return `${key}: is no setting${near === null ? '' : `; did you mean ${near}?`}`;
    }),
    ...missing.map((key) => `${key}: is missing; its default stands in cdk.json`),
  ];
}

function pick(given: Readonly<Record<string, unknown>>, keys: readonly string[]) {
  return Object.fromEntries(keys.map((key) => [key, given[key]]));
}

function describe(
  { path, message }: z.core.$ZodIssue,
  given: Readonly<Record<string, unknown>>,
): string {
  const key = String(path[0]);
  return `${key}: ${message}; it is ${JSON.stringify(given[key]).slice(0, 200)}`;
}

function toEnvironment(settings: z.infer<typeof engineSchema>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [key, value] of Object.entries(settings)) {
    if (value !== null) environment[variableOf(key)] = textOf(value);
  }
  return environment;
}

/** Lists of objects are JSON in the environment, other lists texts with commas. */
function textOf(
  value: NonNullable<z.infer<typeof engineSchema>[(typeof engineKeys)[number]]>,
): string {
  const isStructured = Array.isArray(value) && value.some((item) => typeof item === 'object');
  return isStructured ? JSON.stringify(value) : String(value);
}

function variableOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The names of variables in a message, as keys of the context. */
function withKeys(message: string): string {
  const keyOf = new Map<string, string>(engineKeys.map((key) => [variableOf(key), key]));
  return message.replace(/\bENGINE_[A-Z_]+\b/g, (variable) => keyOf.get(variable) ?? variable);
}

function loadEngineSettings(environment: Readonly<Record<string, string>>): Settings {
  try {
    return loadSettings({ ...environment, AWS_LAMBDA_FUNCTION_NAME: 'engine' });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new ContextError(error.message.split('\n').map(withKeys));
  }
}

function environmentProblems(environment: Readonly<Record<string, string>>): readonly string[] {
  const bytesOf = ([name, value]: readonly [string, string]) =>
    name.length + Buffer.byteLength(value);
  const bySize = Object.entries(environment).sort((a, b) => bytesOf(b) - bytesOf(a));
  const bytes = bySize.reduce((sum, entry) => sum + bytesOf(entry), OTHER_VARIABLES_BYTES);
  if (bytes <= MAX_ENVIRONMENT_BYTES) return [];
  return [
    `${withKeys(bySize[0]?.[0] ?? '')}: is too long: with it, the function's environment variables ` +
      `have ${bytes} bytes, and Lambda takes ${MAX_ENVIRONMENT_BYTES}`,
  ];
}

function throwAny(reasons: readonly string[]): void {
  if (reasons.length > 0) throw new ContextError(reasons);
}
