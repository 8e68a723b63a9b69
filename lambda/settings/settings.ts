/** What the operator sets, read once from the environment when the process starts. */

import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { type CredentialSetting, readCredentials } from './credentials.ts';
import { isHostPattern } from './host-patterns.ts';
import { nearestName } from './nearest-name.ts';
import { MAX_LAMBDA_PAYLOAD_BYTES } from './platform.ts';
import { MAX_GUEST_MEMORY_MB, MIN_MEMORY_MB, sandboxNumbers } from './sandbox-settings.ts';
import { type Reader, wholeReader } from './whole.ts';

export { MIN_MEMORY_MB } from './sandbox-settings.ts';

export interface Settings {
  /** Wall time of one run where the request asks for none. */
  readonly timeoutMs: number;
  /** The most wall time that a request may ask for. */
  readonly maxTimeoutMs: number;
  /** CPU time of one run; `null`: as much as its wall time. */
  readonly cpuMs: number | null;
  readonly memoryMb: number;
  readonly maxMemoryMb: number;
  readonly maxCodeBytes: number;
  readonly maxWasmBytes: number;
  readonly downloadTimeoutMs: number;
  readonly maxOutputBytes: number;
  /** Of one answer that is streamed, without the event at its end. */
  readonly maxStreamBytes: number;
  /** The most wall time that a request may ask for whose answer is streamed. */
  readonly maxStreamTimeoutMs: number;
  readonly maxLogEntries: number;
  readonly maxResultBytes: number;
  readonly maxRequestBytes: number;
  readonly maxFilesBytes: number;
  /** Host patterns, as the operator wrote them. */
  readonly codeAllowedHosts: readonly string[];
  readonly fetchAllowedHosts: readonly string[];
  readonly allowedPorts: readonly number[];
  readonly trustedOrigins: readonly string[];
  readonly fetch: FetchQuota;
  /** What the host adds to requests of guests. */
  readonly credentials: readonly CredentialSetting[];
  /** What JavaScript may import: `map`, of other origins than the code's only what the request names. */
  readonly imports: ImportScope;
  /** Whether code may come with a request (`code`), or stand in another code (`data:` imports). */
  readonly inlineCode: boolean;
  readonly sandboxes: number;
  /** Memory images of compiled code that one sandbox keeps; 0: none. */
  readonly codeCacheBytes: number;
  /** Whether this is no Lambda function, but a machine on which somebody tries something out. */
  readonly local: boolean;
  readonly scriptLogGroup: string | null;
  /** Origins of web pages that may read the answers; `*`: any. */
  readonly corsOrigins: readonly string[];
  /** Whether `POST /mcp` answers. */
  readonly mcp: boolean;
  /** Whether `GET /` serves the playground. */
  readonly playground: boolean;
}

const importScopes = ['any', 'map'] as const;
export type ImportScope = (typeof importScopes)[number];

/** What one run's `fetch` calls may use together. */
export interface FetchQuota {
  readonly maxRequests: number;
  readonly maxConcurrent: number;
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  readonly maxTotalBytes: number;
  readonly timeoutMs: number;
}

/** A setting that does not parse; the message names each such variable and what is wrong with it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const KIB = 1024;
const MIB = 1024 * KIB;
/** Lambda's own limit on a function's timeout. */
const MAX_INVOCATION_MS = 900_000;
/**
 * A body of quotes and line ends has twice its size in the event that API Gateway makes of it, which
 * must not be over {@link MAX_LAMBDA_PAYLOAD_BYTES} with headers and all: a larger body may not arrive.
 */
const MAX_ARRIVING_BODY_BYTES = 3_000_000;
/** The modules that one run may import. */
export const MAX_MODULES = 1000;

/**
 * Reads the settings.
 * @param env environment variables, `process.env` as a rule
 * @param cores number of sandboxes where this is not a Lambda function
 * @throws {SettingsError} naming every variable that does not parse, or that no setting has
 */
export function loadSettings(
  env: { readonly [name: string]: string | undefined },
  cores: number = availableParallelism(),
): Settings {
  const onLambda = Boolean(env.AWS_LAMBDA_FUNCTION_NAME);
  const schema = environment(onLambda ? 1 : cores, onLambda ? MAX_ARRIVING_BODY_BYTES : 5 * MIB);
  // Read once: compiling the schema, as zod would, takes longer than reading.
  const parsed = schema.safeParse(env, { jitless: true });
  const lines = [
    ...unknownNames(env, Object.keys(schema.shape)),
    ...(parsed.error?.issues ?? []).map((issue) => {
      const name = String(issue.path[0]);
      // Whoever wrote a secret into it, where its place belongs, should not find it in a log.
      const is = env[name] === undefined ? 'not set' : JSON.stringify(env[name]);
      const shown = name === 'ENGINE_CREDENTIALS' ? '' : `; it is ${is}`;
      return `${name}: ${issue.message}${shown}`;
    }),
  ];
  if (lines.length > 0 || !parsed.success) throw new SettingsError(lines.join('\n'));
  const read = parsed.data;
  return {
    timeoutMs: read.ENGINE_TIMEOUT_MS,
    maxTimeoutMs: read.ENGINE_MAX_TIMEOUT_MS,
    cpuMs: read.ENGINE_CPU_MS ?? null,
    memoryMb: read.ENGINE_MEMORY_MB,
    maxMemoryMb: read.ENGINE_MAX_MEMORY_MB,
    maxCodeBytes: read.ENGINE_MAX_CODE_BYTES,
    maxWasmBytes: read.ENGINE_MAX_WASM_BYTES,
    downloadTimeoutMs: read.ENGINE_DOWNLOAD_TIMEOUT_MS,
    maxOutputBytes: read.ENGINE_MAX_OUTPUT_BYTES,
    maxStreamBytes: read.ENGINE_MAX_STREAM_BYTES,
    maxStreamTimeoutMs: read.ENGINE_MAX_STREAM_TIMEOUT_MS,
    maxLogEntries: read.ENGINE_MAX_LOG_ENTRIES,
    maxResultBytes: read.ENGINE_MAX_RESULT_BYTES,
    maxRequestBytes: read.ENGINE_MAX_REQUEST_BYTES,
    maxFilesBytes: read.ENGINE_MAX_FILES_BYTES,
    codeAllowedHosts: read.ENGINE_CODE_ALLOWED_HOSTS,
    fetchAllowedHosts: read.ENGINE_FETCH_ALLOWED_HOSTS,
    allowedPorts: read.ENGINE_ALLOWED_PORTS,
    trustedOrigins: read.ENGINE_TRUSTED_ORIGINS,
    fetch: {
      maxRequests: read.ENGINE_FETCH_MAX_REQUESTS,
      maxConcurrent: read.ENGINE_FETCH_MAX_CONCURRENT,
      maxRequestBytes: read.ENGINE_FETCH_MAX_REQUEST_BYTES,
      maxResponseBytes: read.ENGINE_FETCH_MAX_RESPONSE_BYTES,
      maxTotalBytes: read.ENGINE_FETCH_MAX_TOTAL_BYTES,
      timeoutMs: read.ENGINE_FETCH_TIMEOUT_MS,
    },
    credentials: read.ENGINE_CREDENTIALS,
    imports: read.ENGINE_IMPORTS,
    inlineCode: read.ENGINE_INLINE_CODE ?? read.ENGINE_CODE_ALLOWED_HOSTS.includes('*'),
    sandboxes: read.ENGINE_SANDBOXES,
    codeCacheBytes: read.ENGINE_CODE_CACHE_BYTES,
    local: !onLambda,
    scriptLogGroup: read.ENGINE_SCRIPT_LOG_GROUP || null,
    corsOrigins: read.ENGINE_CORS_ORIGINS,
    mcp: read.ENGINE_MCP ?? !onLambda,
    playground: read.ENGINE_PLAYGROUND ?? !onLambda,
  };
}

/** A setting with a slip in its name would not be in force, and nobody would know. */
function unknownNames(env: Readonly<Record<string, string | undefined>>, known: string[]) {
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('ENGINE_') && !known.includes(name),
  );
  return unknown.map((name) => {
    const near = nearestName(name, known);
    return `${name}: is no setting${near === null ? '' : `; did you mean ${near}?`}`;
  });
}

function environment(sandboxes: number, maxRequestBytes: number) {
  const numbers = sandboxNumbers(sandboxes);
  const ofSandbox = (name: keyof typeof numbers) =>
    wholeOf(numbers[name].read).default(numbers[name].default);
  return z
    .object({
      ENGINE_TIMEOUT_MS: whole(1, MAX_INVOCATION_MS).default(5000),
      ENGINE_MAX_TIMEOUT_MS: whole(1, MAX_INVOCATION_MS).default(25_000),
      ENGINE_CPU_MS: whole(1, MAX_INVOCATION_MS).optional(),
      ENGINE_MEMORY_MB: whole(MIN_MEMORY_MB, MAX_GUEST_MEMORY_MB).default(128),
      ENGINE_MAX_MEMORY_MB: ofSandbox('ENGINE_MAX_MEMORY_MB'),
      ENGINE_MAX_CODE_BYTES: whole(1, 1024 * MIB).default(5 * MIB),
      ENGINE_MAX_WASM_BYTES: whole(1, 1024 * MIB).default(64 * MIB),
      ENGINE_DOWNLOAD_TIMEOUT_MS: whole(1, MAX_INVOCATION_MS).default(10_000),
      ENGINE_MAX_OUTPUT_BYTES: whole(0, 64 * MIB).default(MIB),
      ENGINE_MAX_STREAM_BYTES: whole(0, 64 * 1024 * MIB).default(100 * MIB),
      ENGINE_MAX_STREAM_TIMEOUT_MS: whole(1, MAX_INVOCATION_MS).default(840_000),
      ENGINE_MAX_LOG_ENTRIES: whole(0, 100_000).default(1000),
      ENGINE_MAX_RESULT_BYTES: whole(4, MAX_LAMBDA_PAYLOAD_BYTES).default(MIB),
      ENGINE_MAX_REQUEST_BYTES: whole(2, MAX_LAMBDA_PAYLOAD_BYTES).default(maxRequestBytes),
      ENGINE_MAX_FILES_BYTES: whole(0, 1024 * MIB).default(32 * MIB),
      ENGINE_CODE_ALLOWED_HOSTS: list(hostPattern).default(['*']),
      ENGINE_FETCH_ALLOWED_HOSTS: list(hostPattern).default(['*']),
      ENGINE_ALLOWED_PORTS: list(wholeReader(1, 65_535)).default([80, 443]),
      ENGINE_TRUSTED_ORIGINS: list(origin).default([]),
      ENGINE_FETCH_MAX_REQUESTS: whole(0, 10_000).default(10),
      ENGINE_FETCH_MAX_CONCURRENT: whole(1, 100).default(6),
      ENGINE_FETCH_MAX_REQUEST_BYTES: ofSandbox('ENGINE_FETCH_MAX_REQUEST_BYTES'),
      ENGINE_FETCH_MAX_RESPONSE_BYTES: whole(0, 256 * MIB).default(5 * MIB),
      ENGINE_FETCH_MAX_TOTAL_BYTES: whole(0, 1024 * MIB).default(20 * MIB),
      ENGINE_FETCH_TIMEOUT_MS: whole(1, MAX_INVOCATION_MS).default(10_000),
      ENGINE_CREDENTIALS: z
        .string()
        .transform((text, context) => {
          const read = readCredentials(text);
          return typeof read === 'string' ? reject(context, read) : read;
        })
        .default([]),
      ENGINE_IMPORTS: z.enum(importScopes, 'must be any or map').default('any'),
      ENGINE_INLINE_CODE: flag().optional(),
      ENGINE_SANDBOXES: ofSandbox('ENGINE_SANDBOXES'),
      ENGINE_CODE_CACHE_BYTES: ofSandbox('ENGINE_CODE_CACHE_BYTES'),
      ENGINE_SCRIPT_LOG_GROUP: z
        .string()
        .regex(/^[\w./#-]{0,512}$/, 'must be the name of a CloudWatch log group')
        .default(''),
      ENGINE_CORS_ORIGINS: list(originOrAny).default([]),
      ENGINE_MCP: flag().optional(),
      ENGINE_PLAYGROUND: flag().optional(),
      POWERTOOLS_LOG_LEVEL: z
        .string()
        .regex(
          /^(TRACE|DEBUG|INFO|WARN|ERROR|CRITICAL|SILENT)$/,
          'must be one of TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL, SILENT',
        )
        .optional(),
    })
    .superRefine((read, context) => {
      for (const [value, ceiling] of [
        ['ENGINE_TIMEOUT_MS', 'ENGINE_MAX_TIMEOUT_MS'],
        ['ENGINE_MEMORY_MB', 'ENGINE_MAX_MEMORY_MB'],
      ] as const) {
        if (read[value] > read[ceiling]) {
          context.addIssue({
            code: 'custom',
            path: [value],
            message: `${read[value]} is more than ${ceiling}, which is ${read[ceiling]}`,
          });
        }
      }
    });
}

function whole(min: number, max: number) {
  return wholeOf(wholeReader(min, max));
}

function wholeOf(read: Reader<number>) {
  return z.string().transform((text, context) => read(text) ?? reject(context, read.expected));
}

function flag() {
  return z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
}

/** Comma-separated values; an empty text is an empty list. */
function list<Item>(read: Reader<Item>) {
  return z.string().transform((text, context) => {
    const parts = text.trim() === '' ? [] : text.split(',').map((part) => part.trim());
    return parts.map((part) => {
      return read(part) ?? reject(context, `${JSON.stringify(part)} ${read.expected}`);
    });
  });
}

function reject(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

const hostPattern: Reader<string> = Object.assign(
  (text: string) => (isHostPattern(text) ? text : null),
  { expected: 'must be a host name, `*.` and a host name, or `*`' },
);

const origin: Reader<string> = Object.assign((text: string) => (isOrigin(text) ? text : null), {
  expected:
    'must be an origin such as http://127.0.0.1:8080, without path, slash or the port of its scheme',
});

const originOrAny: Reader<string> = Object.assign(
  (text: string) => (text === '*' || isOrigin(text) ? text : null),
  {
    expected:
      'must be an origin such as https://app.example.com, without path, slash or the port of its scheme, or `*`',
  },
);

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.origin.toLowerCase() === text.toLowerCase()
  );
}
