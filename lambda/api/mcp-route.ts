/** `POST /mcp`: what of the protocol's HTTP is the API's. The protocol itself is in `mcp/`. */

import { Readable } from 'node:stream';
import type { JsonSchemaType } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { EngineError, errorName, type Json } from '../contract/errors.ts';
import type { ExecuteRequest, Execution, ExecutionContext } from '../contract/execution.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import { statusOf } from '../contract/status.ts';
import type { Settings } from '../settings/settings.ts';
import { jsonBody } from './body.ts';
import type { HttpRequest } from './event.ts';
import { TEXT_BYTES } from './mcp/result.ts';
import { type McpCall, openMcp } from './mcp/server.ts';
import type { ToolFields } from './mcp/tools.ts';
import { bodyBytes, MAX_BODY_BYTES } from './payload/payload.ts';
import { reportOf } from './report.ts';
import { executeRequest, type RequestSchema } from './request.ts';
import { executionBody, responseSchema } from './response.ts';
import type { StreamedExecution } from './streamed-execution.ts';

export type McpAnswer =
  | StreamedExecution
  | {
      readonly kind: 'document';
      readonly status: number;
      readonly body: string;
      readonly contentType: string;
      /** What a tool has run. */
      readonly execution: Execution | null;
    };

export interface McpRouteOptions {
  readonly settings: Settings;
  readonly schema: RequestSchema;
  readonly version: string;
  readonly streams: boolean;
  /** Runs a checked request as `POST /execute` does. */
  readonly execute: (
    request: ExecuteRequest,
    http: HttpRequest,
    context: ExecutionContext,
  ) => Promise<Execution>;
}

/** @param timeLeftMs for the execution */
/** @param host whom the caller has asked: the platform lets through its own names only */
export type McpRoute = (
  http: HttpRequest,
  host: string | null,
  abandoned: AbortSignal | null,
  timeLeftMs: number,
) => Promise<McpAnswer>;

export function mcpRoute(options: McpRouteOptions): McpRoute {
  const { settings, schema, version, streams } = options;
  const { maxOutputBytes, corsOrigins } = settings;
  const endpoint = openMcp({
    version,
    streams,
    maxOutputBytes,
    schemas: { request: jsonSchema(schema), response: jsonSchema(responseSchema()) },
  });

  return async (http, host, abandoned, timeLeftMs) => {
    const { origin } = http;
    if (origin !== null && !isOwn(origin, host) && !mayCall(origin, corsOrigins)) {
      throw new EngineError('FORBIDDEN', `Pages of ${origin.slice(0, 200)} may not call this.`);
    }
    const message = messageOf(http, settings.maxRequestBytes);
    if ('wrong' in message) return message.wrong;
    const run: { execution: Execution | null } = { execution: null };
    const call: McpCall = {
      headers: protocolHeaders(http),
      message: message.json,
      signal: abandoned ?? new AbortController().signal,
      async execute(json, fields, signal, observer) {
        const { requestId } = http;
        const context = { requestId, timeLeftMs, abandoned: signal, ...(observer && { observer }) };
        run.execution = await execution(options, http, json, fields, context);
        return run.execution;
      },
      bodyOf: fittedBody,
    };
    const response = await endpoint(call);
    const contentType = response.headers.get('content-type') ?? 'application/json';
    const isCall = (message.json as { readonly method?: unknown }).method === 'tools/call';
    if (streams && isCall && contentType.startsWith('text/event-stream') && response.body) {
      return streamed(response.body, run);
    }
    const body = await response.text();
    return { kind: 'document', status: response.status, body, contentType, ...run };
  };
}

function jsonSchema(schema: z.ZodType): JsonSchemaType {
  // Two libraries have a type each for the same standard: what is plain JSON is of both.
  return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' })));
}

/** What is no message at all is told as the protocol has it. */
function messageOf(
  http: HttpRequest,
  maxBytes: number,
): { readonly json: Json } | { readonly wrong: McpAnswer } {
  try {
    const json = jsonBody(http, maxBytes);
    // Of a list, each call would be a run: one request would be thousands.
    if (!Array.isArray(json)) return { json };
    return { wrong: protocolError(400, INVALID_REQUEST, 'Send one message, not a list of them.') };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const isText = error.code === 'INVALID_REQUEST';
    const code = isText ? PARSE_ERROR : INVALID_REQUEST;
    return { wrong: protocolError(statusOf[error.code], code, error.message) };
  }
}

/** JSON-RPC 2.0, section 5.1. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;

function protocolError(status: number, code: number, message: string): McpAnswer {
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });
  return { kind: 'document', status, body, contentType: 'application/json', execution: null };
}

/** Those that the protocol reads. */
function protocolHeaders({ headers }: HttpRequest): Headers {
  const found = new Headers({ 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(headers)) {
    if (/^(?:accept|mcp-[\w-]+)$/i.test(name) && typeof value === 'string') found.set(name, value);
  }
  return found;
}

async function execution(
  { schema, settings, execute }: McpRouteOptions,
  http: HttpRequest,
  json: Json,
  { required, without }: ToolFields,
  context: ExecutionContext,
): Promise<Execution> {
  try {
    const foreign = without.find((name) => Object.hasOwn(json as object, name));
    if (foreign !== undefined) throw wrongField(foreign, 'is not a known field');
    if (!Object.hasOwn(json as object, required)) throw wrongField(required, 'is missing');
    const request = executeRequest(json, schema, settings);
    return await execute(request, http, context);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'INTERNAL_ERROR') throw error;
    return failedExecution(reportOf(error), noMetadata(http));
  }
}

function wrongField(name: string, reason: string): EngineError {
  const details = [{ path: name, reason }];
  return new EngineError('INVALID_REQUEST', `${name}: ${reason}`, { details });
}

function noMetadata({ requestId }: HttpRequest) {
  return emptyMetadata({ requestId, url: null, timestamp: new Date().toISOString() });
}

/** The answer has a text beside it. */
function fittedBody(execution: Execution): string {
  const body = executionBody(execution);
  if (body.length * 6 < MAX_BODY_BYTES - TEXT_BYTES) return body;
  if (bodyBytes(body) < MAX_BODY_BYTES - TEXT_BYTES) return body;
  const code = 'RESULT_TOO_LARGE';
  const message = 'What the run has left is too large for an answer of this protocol';
  const error = { code, name: errorName(code), message, stack: null, details: null } as const;
  return executionBody(failedExecution(error, execution.metadata));
}

function streamed(
  body: ReadableStream<Uint8Array>,
  run: { readonly execution: Execution | null },
): StreamedExecution {
  const recorder = Promise.withResolvers<Parameters<StreamedExecution['onEnd']>[0]>();
  async function* recorded(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    let isRecorded = false;
    try {
      for await (const chunk of body) {
        // Before the last event leaves, as the platform may stop the process then.
        if (run.execution !== null && !isRecorded) {
          isRecorded = true;
          (await recorder.promise)(run.execution, bytes);
        }
        bytes += chunk.length;
        yield chunk;
      }
    } catch {
      // The caller has gone.
    } finally {
      if (!isRecorded) (await recorder.promise)(run.execution, bytes);
    }
  }
  const readable = Readable.from(recorded(), { objectMode: false });
  return { kind: 'stream', format: 'events', body: readable, onEnd: recorder.resolve };
}

/** Whether it is the origin of this API itself, whose only page is the playground. */
function isOwn(origin: string, host: string | null): boolean {
  return host !== null && /^https?:\/\//.test(origin) && URL.parse(origin)?.host === host;
}

function mayCall(origin: string, corsOrigins: readonly string[]): boolean {
  return corsOrigins.includes('*') || corsOrigins.includes(origin);
}
