/** The body of every answer of `/execute`, and of every error of any route. */

import * as z from 'zod';
import { guestErrorCodes, requestErrorCodes } from '../contract/errors.ts';
import type { Execution } from '../contract/execution.ts';
import { codeTypes } from '../contract/languages.ts';
import { logLevels } from '../contract/protocol.ts';
import { fitExecution, fitsPayload } from './payload.ts';

/** The JSON text of an execution, small enough for a Lambda response. */
export function executionBody(execution: Execution): string {
  const body = assemble(execution);
  return fitsPayload(body) ? body : assemble(fitExecution(execution, assemble));
}

/** Puts the result's JSON text in as it is: parsing and printing it again would only cost time. */
function assemble(execution: Execution): string {
  const { resultJson, stdout, stderr, logs, files, error, metadata } = execution;
  const status = error === null ? 'success' : 'error';
  const rest = JSON.stringify({ stdout, stderr, logs, files, error, metadata });
  return `{"status":"${status}","result":${resultJson},${rest.slice(1)}`;
}

/** The schema of the body, for the OpenAPI document and for tests. */
export function responseSchema() {
  const json = z.unknown();
  const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
  const milliseconds = z.number().min(0).nullable();
  const log = z.strictObject({
    level: z.enum(logLevels),
    message: z.string(),
    timestamp: z.iso.datetime(),
    fields: json.meta({ description: 'The third argument of `app_log`.' }),
  });
  const file = z.strictObject({
    path: z.string().meta({ description: 'Absolute.' }),
    size: count.meta({ description: 'In bytes.' }),
    content: z
      .union([z.string(), z.strictObject({ base64: z.string() })])
      .optional()
      .meta({
        description:
          'Only of files that `outputs` asks for: the text, or, where it is not UTF-8, the bytes in base64. Never a part of it: absent where it is over the limit, which `metadata.truncated.files` shows.',
      }),
  });
  const error = z.strictObject({
    code: z.enum([...guestErrorCodes, ...requestErrorCodes]),
    name: z.string().meta({ description: "The guest's error name, such as `TypeError`." }),
    message: z.string(),
    stack: z
      .string()
      .nullable()
      .meta({ description: "Frames of the guest only, with the script's own line numbers." }),
    details: json.meta({
      description:
        'More about the error, by code. INVALID_REQUEST: a list of `path` and `reason`. DOWNLOAD_FAILED: the `status` of the answer, if there was one.',
    }),
  });
  const metadata = z.strictObject({
    requestId: z.string(),
    url: z.string().nullable().meta({ description: 'Final URL of the code, after redirects.' }),
    codeType: z.enum(codeTypes).nullable(),
    detectedBy: z
      .enum(['content', 'content-type', 'extension', 'hint', 'default'])
      .nullable()
      .meta({ description: 'What showed the language of the code.' }),
    timestamp: z.iso.datetime(),
    executionTimeMs: milliseconds.meta({ description: 'Wall time of the run.' }),
    downloadTimeMs: milliseconds,
    cpuTimeMs: milliseconds,
    memoryPeakBytes: count.nullable(),
    resourceSizeBytes: count
      .nullable()
      .meta({ description: 'Size of the code, after decompression.' }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable()
      .meta({ description: 'Hash of the code.' }),
    exitCode: z
      .int()
      .nullable()
      .meta({ description: 'Exit code of a WASI program, as a shell shows it: 0 to 255.' }),
    fetch: z.strictObject({ requests: count, bytesSent: count, bytesReceived: count }),
    imports: z
      .strictObject({ requests: count, bytesReceived: count, timeMs: z.number().min(0) })
      .meta({
        description:
          'Imports of modules: requests with their redirects, bytes after decompression, time while at least one was under way. Those whose URL does not stand in the code are in `fetch` as well.',
      }),
    missingOutputs: z
      .array(z.string())
      .meta({ description: 'Paths of `outputs` at which the run left no file; absolute.' }),
    truncated: z
      .strictObject({
        stdout: z.boolean(),
        stderr: z.boolean(),
        logs: z.boolean(),
        files: z.boolean(),
        error: z.boolean(),
      })
      .meta({ description: 'What was cut, as it was larger than its limit or than a response.' }),
  });
  return z
    .strictObject({
      status: z.enum(['success', 'error']),
      result: json.meta({ description: 'The result of the run; null where there is none.' }),
      stdout: z.string(),
      stderr: z.string(),
      logs: z.array(log).meta({ description: 'What the guest gave to `app_log`.' }),
      files: z.array(file).meta({
        description:
          'Files that the run has made or changed, and those that `outputs` asks for, by path; empty where nothing ran to an end.',
      }),
      error: error.nullable(),
      metadata: metadata.meta({ description: 'Null is what could not be measured.' }),
    })
    .meta({ description: 'What the run did. Every field is always there.' });
}
