/** The body of every answer of `/execute`, and of every error of any route. */

import * as z from 'zod';
import {
  batchErrorCodes,
  type ErrorReport,
  guestErrorCodes,
  requestErrorCodes,
} from '../contract/errors.ts';
import type { Execution, ItemExecution } from '../contract/execution.ts';
import { codeTypes } from '../contract/languages.ts';
import { logLevels } from '../contract/protocol.ts';
import { fitBatch } from './payload/batch-payload.ts';
import { fitExecution, fitsPayload } from './payload/payload.ts';

/** The JSON text of an execution, small enough for a Lambda response. */
export function executionBody(execution: Execution): string {
  const body = assemble(execution);
  if (fitsPayload(body)) return body;
  const { items } = execution;
  const fitted =
    items === null
      ? fitExecution(execution, assemble)
      : fitBatch({ ...execution, items }, assemble);
  return assemble(fitted);
}

/** The same at the end of a stream: it has no limit there, and what was printed has left already. */
export function streamedBody(execution: Execution): string {
  return assemble({ ...execution, stdout: '', stderr: '', logs: [] });
}

/** Puts the result's JSON text in as it is: parsing and printing it again would only cost time. */
function assemble(execution: Execution): string {
  const { resultJson, stdout, stderr, logs, files, error, metadata, items } = execution;
  const rest = JSON.stringify({ stdout, stderr, logs, files, error, metadata });
  const results = items === null ? '' : `"results":[${items.map(assembleItem).join()}],`;
  return `{"status":"${statusOf(error)}","result":${resultJson},${results}${rest.slice(1)}`;
}

/** What a stream tells of one of many inputs. */
export function itemBody({ index, ...item }: { readonly index: number } & ItemExecution): string {
  return `{"index":${index},${assembleItem(item).slice(1)}`;
}

function assembleItem({ resultJson, files, ...item }: ItemExecution): string {
  const rest = JSON.stringify(files === null ? item : { ...item, files });
  return `{"status":"${statusOf(item.error)}","result":${resultJson},${rest.slice(1)}`;
}

function statusOf(error: ErrorReport | null): 'success' | 'error' {
  return error === null ? 'success' : 'error';
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
    fields: json.meta({
      description:
        'The third argument of `app_log`, `{}` without one; null where it was too large.',
    }),
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
    code: z.enum([...guestErrorCodes, ...batchErrorCodes, ...requestErrorCodes]),
    name: z.string().meta({ description: "The guest's error name, such as `TypeError`." }),
    message: z.string(),
    stack: z
      .string()
      .nullable()
      .meta({ description: "Frames of the guest only, with the script's own line numbers." }),
    details: json.meta({
      description:
        'More about the error, by code. BATCH_FAILED: how many runs `succeeded` and `failed`. INVALID_REQUEST: a list of `path` and `reason`. DOWNLOAD_FAILED: the `status` of the answer, if there was one.',
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
    timestamp: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When the request began; null where API Gateway itself answers.' }),
    executionTimeMs: milliseconds.meta({
      description:
        'Wall time of the run; of many, from the start of the first to the end of the last.',
    }),
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
  const status = z.enum(['success', 'error']);
  const logs = z.array(log).meta({ description: 'What the guest gave to `app_log`.' });
  const { executionTimeMs, cpuTimeMs, memoryPeakBytes, fetch, truncated } = metadata.shape;
  const item = z.strictObject({
    status,
    result: json,
    stdout: z.string(),
    stderr: z.string(),
    logs,
    error: error.nullable(),
    executionTimeMs,
    cpuTimeMs,
    memoryPeakBytes,
    fetch,
    truncated,
    files: z
      .array(file)
      .optional()
      .meta({ description: 'Only where the request has `outputs`: those that the run left.' }),
  });
  return z
    .strictObject({
      status,
      result: json.meta({ description: 'The result of the run; null where there is none.' }),
      results: z.array(item).optional().meta({
        description:
          'Only where the request has `inputs` and its code was there to be run: what the run of each input came to, in their order. `result`, `stdout`, `stderr`, `logs` and `files` beside it are empty.',
      }),
      stdout: z.string(),
      stderr: z.string(),
      logs,
      files: z.array(file).meta({
        description:
          'Files that the run has made or changed, and those that `outputs` asks for, by path; empty where nothing ran to an end.',
      }),
      error: error.nullable(),
      metadata: metadata.meta({ description: 'Null is what could not be measured.' }),
    })
    .meta({ description: 'What the run did. Every field is always there, `results` apart.' });
}
