/** The body of `POST /execute`: its schema, and the checked request made from it. */

import * as z from 'zod';
import { EngineError, type Json } from '../contract/errors.ts';
import type { ExecuteRequest } from '../contract/execution.ts';
import { codeTypes, DEFAULT_CODE_TYPE } from '../contract/languages.ts';
import { isHostPattern } from '../settings/host-patterns.ts';
import { MIN_MEMORY_MB, type Settings } from '../settings/settings.ts';
import { type Complaint, guestFiles, outputPaths } from './files.ts';

export const MAX_URL_LENGTH = 2048;
/** In one answer; a hostile body could cause a million. */
const MAX_COMPLAINTS = 20;
const MAX_PATH_LENGTH = 200;
const MAX_OUTPUTS = 64;
const MAX_IMPORTS = 1000;

export type RequestSchema = ReturnType<typeof requestSchema>;

/** The schema of the request body, within what the operator allows. */
export function requestSchema(settings: Settings) {
  return z
    .strictObject({
      url: z
        .string()
        .max(MAX_URL_LENGTH, `is longer than ${MAX_URL_LENGTH} characters`)
        .refine((url) => URL.canParse(url), 'is not an absolute URL')
        .refine((url) => !hasCredentials(url), 'has a user name or password in it')
        .meta({
          description: 'http: or https: URL of the code to run, without user name and password.',
          examples: ['https://example.com/hello.js'],
          format: 'uri',
        }),
      type: z
        .enum(codeTypes)
        .optional()
        .meta({
          description:
            'The language of the code, where its content, content type and extension do not show it.',
          examples: [DEFAULT_CODE_TYPE],
        }),
      input: z
        .unknown()
        .optional()
        .meta({
          description:
            'JavaScript: the global `input`. WebAssembly: its JSON text is on stdin where `stdin` is absent.',
          examples: [{ name: 'Ada' }],
        }),
      args: z
        .array(z.string())
        .optional()
        .meta({
          description:
            'JavaScript: the global `args`. WASI: the arguments after the program name. A WebAssembly `entrypoint`: its parameters, converted as the export declares them.',
          examples: [['--verbose', 'in.txt']],
        }),
      env: z
        .record(z.string(), z.string())
        .optional()
        .meta({
          description: 'JavaScript: the global `env`. WASI: the environment variables.',
          examples: [{ LANG: 'en' }],
        }),
      stdin: z
        .string()
        .optional()
        .meta({
          description: 'WASI: what the program reads from stdin.',
          examples: ['one line\n'],
        }),
      files: z
        .record(z.string(), fileSchema)
        .optional()
        .meta({
          description:
            'WASI: files by path, in memory, under the one preopened directory `/`. A path that ends in `/` is an empty directory.',
          examples: [{ 'in.txt': 'text', 'in.bin': { base64: 'AAECAw==' }, 'out/': '' }],
        }),
      outputs: z
        .array(z.string())
        .max(MAX_OUTPUTS, `has more than ${MAX_OUTPUTS} paths`)
        .optional()
        .meta({
          description:
            'WASI: files whose contents the response is to have; paths as in `files`. Those that do not exist after the run are not in the response.',
          examples: [['out/report.txt']],
        }),
      imports: z
        .record(
          z.string().min(1).max(MAX_URL_LENGTH),
          z
            .string()
            .max(MAX_URL_LENGTH, `is longer than ${MAX_URL_LENGTH} characters`)
            .refine(
              isModuleAddress,
              'is not an http: or https: URL without user name and password',
            ),
        )
        .refine(
          (imports) => Object.keys(imports).length <= MAX_IMPORTS,
          `has more than ${MAX_IMPORTS} entries`,
        )
        .optional()
        .meta({
          description:
            'JavaScript: the URL that each bare specifier of an import stands for, as in an import map; where both end in `/`, the URL that specifiers so beginning start with.',
          examples: [
            { 'left-pad': 'https://example.com/left-pad.js', 'lib/': 'https://example.com/lib/' },
          ],
        }),
      entrypoint: z
        .string()
        .min(1, 'is empty')
        .max(1024)
        .optional()
        .meta({
          description:
            'WebAssembly: the export to call. JavaScript: the export of a module, or the function that a script declares; called with `input` if it is a function.',
          examples: ['main'],
        }),
      integrity: z
        .string()
        .regex(
          integrityPattern,
          'is not a Subresource-Integrity value: `sha256-`, `sha384-` or `sha512-` and the hash in base64',
        )
        .optional()
        .meta({
          description:
            'Subresource-Integrity value that the downloaded code must match; of several, separated by spaces, one of the strongest kind.',
          examples: ['sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
        }),
      limits: limitsSchema(settings).optional(),
    })
    .meta({ description: 'Code to download and run.' });
}

const hash = '(?:sha256-[A-Za-z0-9+/]{43}=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{86}==)';
/** One hash or several; the options that the standard reserves (`?…`) have no meaning yet. */
const integrityPattern = new RegExp(`^\\s*${hash}(?:\\s+${hash})*\\s*$`);

const fileSchema = z.union(
  [
    z.string().meta({ description: 'Text, stored in UTF-8.' }),
    z
      .strictObject({ base64: z.string() })
      .meta({ description: 'Bytes in base64 (RFC 4648 section 4).' }),
  ],
  'must be a text, or an object with `base64`',
);

function limitsSchema(settings: Settings) {
  const { fetch } = settings;
  return z
    .strictObject({
      timeoutMs: bounded(1, settings.maxTimeoutMs, 'ENGINE_MAX_TIMEOUT_MS').meta({
        description: `Wall time of the run in milliseconds; ${settings.timeoutMs} if absent.`,
        examples: [Math.min(1000, settings.maxTimeoutMs)],
      }),
      cpuMs: bounded(
        1,
        settings.cpuMs ?? settings.maxTimeoutMs,
        settings.cpuMs === null ? 'ENGINE_MAX_TIMEOUT_MS' : 'ENGINE_CPU_MS',
      ).meta({
        description: `CPU time of the run in milliseconds; ${settings.cpuMs ?? 'as much as its wall time'} if absent.`,
        examples: [Math.min(500, settings.cpuMs ?? settings.maxTimeoutMs)],
      }),
      memoryMb: bounded(MIN_MEMORY_MB, settings.maxMemoryMb, 'ENGINE_MAX_MEMORY_MB').meta({
        description: `Memory of the guest in MiB; ${settings.memoryMb} if absent.`,
        examples: [Math.min(64, settings.maxMemoryMb)],
      }),
      fetch: z
        .strictObject({
          maxRequests: bounded(0, fetch.maxRequests, 'ENGINE_FETCH_MAX_REQUESTS').meta({
            description: 'Requests that the run may send, redirects included.',
            examples: [Math.min(1, fetch.maxRequests)],
          }),
          maxRequestBytes: bounded(0, fetch.maxRequestBytes, 'ENGINE_FETCH_MAX_REQUEST_BYTES').meta(
            {
              description: 'Size of one request body.',
              examples: [Math.min(1024, fetch.maxRequestBytes)],
            },
          ),
          maxResponseBytes: bounded(
            0,
            fetch.maxResponseBytes,
            'ENGINE_FETCH_MAX_RESPONSE_BYTES',
          ).meta({
            description: 'Size of one response body after decompression.',
            examples: [Math.min(65_536, fetch.maxResponseBytes)],
          }),
          timeoutMs: bounded(1, fetch.timeoutMs, 'ENGINE_FETCH_TIMEOUT_MS').meta({
            description: 'Time for one request in milliseconds.',
            examples: [Math.min(2000, fetch.timeoutMs)],
          }),
          allowedHosts: z
            .array(z.string().refine(isHostPattern, hostPatternMessage))
            .optional()
            .meta({
              description:
                'Hosts that the run may reach, of those that the operator allows; an empty list: none.',
              examples: [['api.example.com', '*.example.org']],
            }),
        })
        .optional()
        .meta({ description: 'Limits of the requests that the guest sends.' }),
    })
    .meta({
      description: 'Limits of this run; each may only be tighter than what the operator set.',
    });
}

const hostPatternMessage = 'must be a host name, `*.` and a host name, or `*`';

function bounded(min: number, max: number, variable: string) {
  return z
    .int('must be a whole number')
    .min(min, `must be ${min} or more`)
    .max(max, `must be ${max} or less, which is what the operator allows (${variable})`)
    .optional();
}

function hasCredentials(text: string): boolean {
  if (!text.includes('@')) return false;
  const url = URL.parse(text);
  return url !== null && (url.username !== '' || url.password !== '');
}

function isModuleAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '') && !hasCredentials(text);
}

/**
 * Checks the JSON value of a body against the schema and the rules that no schema can express.
 * @throws {EngineError} INVALID_REQUEST with `details` as a list of path and reason;
 *   URL_NOT_ALLOWED for a URL that is neither `http:` nor `https:`
 */
export function executeRequest(
  body: Json,
  schema: RequestSchema,
  settings: Settings,
): ExecuteRequest {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error.issues.flatMap(complaints));
  const {
    url,
    type,
    input,
    args,
    env,
    stdin,
    files,
    outputs,
    imports,
    entrypoint,
    integrity,
    limits,
  } = parsed.data;

  const wrong: Complaint[] = [];
  const complain = (complaint: Complaint) => wrong.length > MAX_COMPLAINTS || wrong.push(complaint);
  for (const name of Object.keys(env ?? {})) {
    if (name === '' || /[=\0]/.test(name)) {
      complain({ path: `env.${name}`, reason: 'cannot be the name of a variable' });
    }
  }
  // zod leaves `__proto__` out of records: without this, the name would vanish without a word.
  for (const field of ['env', 'files', 'imports'] as const) {
    const record = (body as { readonly [name: string]: Json })[field];
    if (record && Object.hasOwn(record as object, '__proto__')) {
      complain({ path: `${field}.__proto__`, reason: 'cannot be a name' });
    }
  }
  for (const [specifier, address] of Object.entries(imports ?? {})) {
    if (specifier.endsWith('/') && !address.endsWith('/')) {
      complain({ path: `imports.${specifier}`, reason: 'must end in `/` as its name does' });
    }
  }
  const checkedFiles = guestFiles(files ?? {}, settings.maxFilesBytes, complain);
  const checkedOutputs = outputPaths(outputs ?? [], complain);
  if (wrong.length > 0) throw invalidRequest(wrong);

  if (!/^https?:$/.test(new URL(url).protocol)) {
    throw new EngineError('URL_NOT_ALLOWED', 'Only http: and https: URLs can be executed');
  }
  return {
    url,
    type: type ?? null,
    inputs: {
      inputJson: input === undefined ? null : JSON.stringify(input),
      args: args ?? [],
      env: env ?? {},
      stdin: stdin ?? null,
      files: checkedFiles,
      outputs: checkedOutputs,
      imports: imports ?? {},
      entrypoint: entrypoint ?? null,
    },
    integrity: integrity?.trim() ?? null,
    limits: {
      timeoutMs: limits?.timeoutMs ?? null,
      cpuMs: limits?.cpuMs ?? null,
      memoryMb: limits?.memoryMb ?? null,
      fetch: {
        maxRequests: limits?.fetch?.maxRequests ?? null,
        maxRequestBytes: limits?.fetch?.maxRequestBytes ?? null,
        maxResponseBytes: limits?.fetch?.maxResponseBytes ?? null,
        timeoutMs: limits?.fetch?.timeoutMs ?? null,
        allowedHosts: limits?.fetch?.allowedHosts ?? null,
      },
    },
  };
}

function complaints(issue: z.core.$ZodIssue): Complaint[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      reason: 'is not a known field',
    }));
  }
  return [{ path: path.join('.'), reason: issue.message }];
}

function invalidRequest(found: readonly Complaint[]): EngineError {
  const details = found.slice(0, MAX_COMPLAINTS).map(({ path, reason }) => ({
    path: path.length > MAX_PATH_LENGTH ? `${path.slice(0, MAX_PATH_LENGTH)}…` : path,
    reason,
  }));
  const more = found.length > 1 ? ' (and more: see details)' : '';
  const first = details[0] ?? { path: '', reason: 'does not fit the schema' };
  const message = `${first.path || 'The body'}: ${first.reason}${more}`;
  return new EngineError('INVALID_REQUEST', message, { details });
}
