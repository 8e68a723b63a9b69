/** The body of `POST /execute`: its schema, and the checked request made from it. */

import * as z from 'zod';
import { EngineError, type Json } from '../contract/errors.ts';
import type { ExecuteRequest, Integrity } from '../contract/execution.ts';
import { codeTypes, DEFAULT_CODE_TYPE } from '../contract/languages.ts';
import { plainReason } from '../settings/plain-reason.ts';
import type { Settings } from '../settings/settings.ts';
import {
  codeFields,
  codeFieldsTogether,
  codeSource,
  hasCredentials,
  MAX_URL_LENGTH,
} from './code.ts';
import { type Complaint, fileSchema, guestFiles, outputPaths } from './files.ts';
import { inputFields, inputTexts } from './inputs.ts';
import { limitsSchema, requestedLimits } from './limits.ts';

/** In one answer; a hostile body could cause a million. */
const MAX_COMPLAINTS = 20;
const MAX_PATH_LENGTH = 200;
const MAX_OUTPUTS = 64;
const MAX_IMPORTS = 1000;
const MAX_ENTRYPOINT_LENGTH = 1024;

export type RequestSchema = ReturnType<typeof requestSchema>;

/**
 * The schema of the request body, within what the operator allows.
 * @param isStreamed of a request whose answer is a stream, which may run for longer
 */
export function requestSchema(settings: Settings, isStreamed = false) {
  return z
    .strictObject({
      ...codeFields,
      type: z
        .enum(codeTypes)
        .optional()
        .meta({
          description:
            'The language of the code, where its content, content type and extension do not show it.',
          examples: [DEFAULT_CODE_TYPE],
        }),
      ...inputFields,
      args: z
        .array(z.unknown())
        .optional()
        .meta({
          description:
            'JavaScript: the global `args`. WASI: the arguments after the program name. A WebAssembly `entrypoint`: its parameters, converted as the export declares them. Strings; for the functions of WebAssembly components, any JSON that fits their types.',
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
          description: 'JavaScript: the global `stdin`. WASI: what the program reads from stdin.',
          examples: ['one line\n'],
        }),
      files: z
        .record(z.string(), fileSchema)
        .optional()
        .meta({
          description:
            'Files by path, in memory. JavaScript: the global `files`. WASI: under the one preopened directory `/`. A path that ends in `/` is an empty directory.',
          examples: [{ 'in.txt': 'text', 'in.bin': { base64: 'AAECAw==' }, 'out/': '' }],
        }),
      outputs: z
        .array(z.string())
        .max(MAX_OUTPUTS, `has more than ${MAX_OUTPUTS} paths`)
        .optional()
        .meta({
          description:
            'Files whose contents the response is to have; paths as in `files`. The folders on the way to them exist. Those that do not exist after the run are in `metadata.missingOutputs`.',
          examples: [['out/report.txt']],
        }),
      imports: z
        .record(
          z
            .string()
            .min(1, 'is empty')
            .max(MAX_URL_LENGTH, `is longer than ${MAX_URL_LENGTH} characters`),
          moduleAddress,
        )
        .refine(hasFewEntries, `has more than ${MAX_IMPORTS} entries`)
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
        .max(MAX_ENTRYPOINT_LENGTH, `is longer than ${MAX_ENTRYPOINT_LENGTH} characters`)
        .optional()
        .meta({
          description:
            'WebAssembly: the export to call. JavaScript: the export of a module, or the function that a script declares; called with `input` if it is a function.',
          examples: ['main'],
        }),
      integrity: integritySchema.optional().meta({
        description:
          'Subresource-Integrity value that the code must match; of several, separated by spaces, one of the strongest kind. As an object: the values of the code and of modules by their URLs.',
        examples: [
          'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
          {
            'https://example.com/left-pad.js':
              'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
          },
        ],
      }),
      unpinned: z
        .boolean()
        .optional()
        .meta({
          description:
            "With `integrity`: modules of other origins than the code's may be imported without a value of their own.",
          examples: [true],
        }),
      limits: limitsSchema(settings, isStreamed).optional(),
    })
    .meta({ description: 'Code to run, and how.', ...codeFieldsTogether });
}

const hash = '(?:sha256-[A-Za-z0-9+/]{43}=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{86}==)';
/** One hash or several; the options that the standard reserves (`?…`) have no meaning yet. */
const integrityPattern = new RegExp(`^\\s*${hash}(?:\\s+${hash})*\\s*$`);

const integrityValue = z
  .string()
  .regex(
    integrityPattern,
    'is not a Subresource-Integrity value: `sha256-`, `sha384-` or `sha512-` and the hash in base64',
  );

const addressMessage = 'is not an http: or https: URL without user name and password';
const moduleAddress = z
  .string()
  .max(MAX_URL_LENGTH, `is longer than ${MAX_URL_LENGTH} characters`)
  .refine(isModuleAddress, addressMessage);

const integritySchema = z.union(
  [
    integrityValue,
    z
      .record(z.string(), integrityValue)
      .refine(hasFewEntries, `has more than ${MAX_IMPORTS} entries`),
  ],
  'must be a Subresource-Integrity value, or an object of such values by URL',
);

function hasFewEntries(record: object): boolean {
  return Object.keys(record).length <= MAX_IMPORTS;
}

function isModuleAddress(text: string): boolean {
  return /^(?:https?|inline):$/.test(URL.parse(text)?.protocol ?? '') && !hasCredentials(text);
}

let isFirst = true;

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
  // zod compiles code for the checks of an object, which takes milliseconds: not in a first request.
  const parsed = schema.safeParse(body, { jitless: isFirst, error: plainReason });
  isFirst = false;
  if (!parsed.success) {
    throw invalidRequest(firstOfEach(parsed.error.issues.flatMap((issue) => complaints(issue))));
  }
  const {
    type,
    args,
    env,
    stdin,
    files,
    outputs,
    imports,
    entrypoint,
    integrity,
    unpinned,
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
  for (const field of ['env', 'files', 'imports', 'integrity', 'modules'] as const) {
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
  if (typeof integrity === 'object') checkPinned(integrity, complain);
  const checkedFiles = guestFiles(files ?? {}, settings.maxFilesBytes, complain);
  const checkedOutputs = outputPaths(outputs ?? [], complain);
  const { inputJson, batch } = inputTexts(parsed.data, complain);
  const source = codeSource(parsed.data, complain);
  if (wrong.length > 0 || source === null) throw invalidRequest(wrong);
  if (source.kind === 'url' && !/^https?:$/.test(new URL(source.url).protocol)) {
    throw new EngineError('URL_NOT_ALLOWED', 'Only http: and https: URLs can be executed', {
      details: { rule: 'scheme' },
    });
  }
  return {
    source,
    type: type ?? null,
    inputs: {
      inputJson,
      // The body is JSON, and so are its parts.
      args: (args ?? []) as readonly Json[],
      env: env ?? {},
      stdin: stdin ?? null,
      files: checkedFiles,
      outputs: checkedOutputs,
      imports: imports ?? {},
      entrypoint: entrypoint ?? null,
    },
    batch,
    integrity: integrity === undefined ? null : trimmed(integrity),
    unpinned: unpinned ?? false,
    limits: requestedLimits(limits),
  };
}

/** What is pinned has URLs; two spellings of one would leave open which value counts. */
function checkPinned(
  integrity: { readonly [url: string]: string },
  complain: (complaint: Complaint) => void,
): void {
  const seen = new Set<string>();
  for (const url of Object.keys(integrity)) {
    const href = URL.parse(url)?.href.replace(/#.*/, '') ?? url;
    const reason = isModuleAddress(url) ? seen.has(href) && 'is there twice' : addressMessage;
    if (reason !== false) complain({ path: `integrity.${url}`, reason });
    seen.add(href);
  }
}

function trimmed(integrity: Integrity): Integrity {
  if (typeof integrity === 'string') return integrity.trim();
  return Object.fromEntries(Object.entries(integrity).map(([url, value]) => [url, value.trim()]));
}

function complaints(issue: z.core.$ZodIssue, above: readonly string[] = []): Complaint[] {
  const path = [...above, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key || '""'].join('.'),
      reason: 'is not a known field',
    }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.flatMap((inner) => complaints(inner, path));
  }
  if (issue.code === 'invalid_union') {
    // A value that is of one of the types has something wrong inside of it.
    const inside = issue.errors.find(([first]) => first && !isOfOtherType(first));
    if (inside) return inside.flatMap((inner) => complaints(inner, path));
  }
  return [{ path: path.join('.'), reason: issue.message }];
}

function isOfOtherType({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' && path.length === 0;
}

/** What else is wrong at the same place follows from the first mistake. */
function firstOfEach(found: readonly Complaint[]): Complaint[] {
  const paths = new Set<string>();
  return found.filter(({ path }) => !paths.has(path) && paths.add(path));
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
