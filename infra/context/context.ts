/**
 * What an operator may set: the props of the construct, which are the keys of `cdk.json`'s `context`,
 * each of which `cdk … -c key=value` overrides. Defaults are in `cdk.json` alone.
 */

import type { Node } from 'constructs';
import type { z } from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { nearestName } from '../../lambda/settings/nearest-name.ts';
import { loadSettings, type Settings, SettingsError } from '../../lambda/settings/settings.ts';
import { contradictions, decided, type StackSettings } from './contradictions.ts';
import type { ScriptEngineProps } from './props.ts';
import { invocationSecondsOf, roomProblems } from './room.ts';
import { engineKeys, engineSchema, stackSchema } from './schema.ts';

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

/** Settings that do not fit; the message names each, and what is wrong with it. */
export class ContextError extends Error {
  override readonly name = 'ContextError';

  constructor(reasons: readonly string[]) {
    super(['The settings of the script engine do not fit:', ...reasons].join('\n  '));
  }
}

/**
 * The operator's settings, to be checked by the construct that gets them.
 * @param node the app's; its context is `cdk.json`'s, with the overrides of the command line
 * @throws {ContextError} naming each key that is unknown or missing
 */
export function readContext(node: Node): ScriptEngineProps {
  const all = Object.entries<unknown>(node.getAllContext()).filter(([key]) => !isOfCdk(key));
  const given = Object.fromEntries(all);
  throwAny(unknownOrMissing(given));
  // Values are as they were typed: the check takes text for each of them.
  return given as ScriptEngineProps;
}

/**
 * Checks what a construct is given; the engine's own settings by the very code that reads them when
 * the function starts.
 * @throws {ContextError} naming each key that is unknown, missing or out of range
 */
export function checkProps(props: ScriptEngineProps): Context {
  const set = Object.entries<unknown>({ ...props }).filter(([, value]) => value !== undefined);
  const given: Record<string, unknown> = { ...cdk.context, ...Object.fromEntries(set) };
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
  // Whoever wrote a secret into it, where its place belongs, should not find it in a log.
  if (key === 'engineCredentials') return `${key}: ${message}`;
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
