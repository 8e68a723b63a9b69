/** One Lambda event from its arrival to the response: the Middy pipeline around the routes. */

import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy, {
  type PluginExecutionMode as ExecutionMode,
  type MiddlewareObj,
  type Request,
} from '@middy/core';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { type ErrorReport, ExecutionAbandoned } from '../contract/errors.ts';
import type { Engine, Execution } from '../contract/execution.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import { exposedHeaders } from '../contract/headers.ts';
import { statusOf } from '../contract/status.ts';
import type { Settings } from '../settings/settings.ts';
import { logInvocation } from '../telemetry/invocation-log.ts';
import { recordExecution } from '../telemetry/metrics.ts';
import { describeFailure } from '../telemetry/redaction.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { streamTypes } from './accept.ts';
import { type HttpRequest, httpRequest, type KnownPaths, requestIdOf } from './event.ts';
import type { ServedFile } from './playground.ts';
import { reportOf } from './report.ts';
import { executionBody } from './response.ts';
import { type Answer, routeTable } from './routes.ts';
import type { StreamedExecution } from './streamed-execution.ts';

/** The handler of API Gateway (REST and HTTP API) and function URL events. */
export type LambdaHandler = (event: unknown, context: Context) => Promise<APIGatewayProxyResult>;

/** The same, where an answer may be a stream. */
export type StreamingHandler = (event: unknown, context: Context) => Promise<StreamedResult>;

/** A stream of events has the content type of its format; no stream ever fails. */
export type StreamedResult = Omit<APIGatewayProxyResult, 'body'> & {
  readonly body: string | Readable | ReadableStream<Uint8Array>;
};

/** The pipeline answers this long before Lambda would end the invocation without an answer. */
const LAST_ANSWER_MS = 100;
const RETRY_AFTER_SECONDS = '1';
/** In the log, of a caller who has gone before there was an answer, as nginx has it. */
const CALLER_GONE = 499;

const commonHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'content-type': 'application/json',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
} as const;

/** Paths whose requests are executions. */
const executing: ReadonlySet<string> = new Set(['/execute', '/mcp']);

/** What the middlewares share about an invocation. */
interface InvocationState extends Record<string, unknown> {
  startedAt?: number;
  requestId?: string;
  http?: HttpRequest;
  execution?: Execution;
  stream?: StreamedExecution;
  file?: ServedFile;
}
type PipelineRequest = Request<unknown, unknown, unknown, Context, InvocationState>;
type Middleware = MiddlewareObj<unknown, unknown, unknown, Context, InvocationState>;

export type { ExecutionMode };

export function createHandler(
  engine: Engine,
  settings: Settings,
  telemetry: Telemetry,
  parts: ServedParts,
): LambdaHandler {
  return createPipeline(engine, settings, telemetry, { ...parts, streams: false }) as LambdaHandler;
}

/** What is served beside the engine. */
export interface ServedParts {
  readonly version: string;
  /** What the build has made of the playground. */
  readonly playgroundFolder: URL;
}

interface PipelineOptions extends ServedParts {
  readonly streams: boolean;
  /** Middy's, for where the platform wants an answer in another way than as a result. */
  readonly executionMode?: ExecutionMode;
}

/** The handler whose answers may be streams. @param executionMode Middy's; its standard one, if absent */
export function createStreamingHandler(
  engine: Engine,
  settings: Settings,
  telemetry: Telemetry,
  parts: ServedParts,
  executionMode?: ExecutionMode,
): StreamingHandler {
  const mode = executionMode && { executionMode };
  const options = { ...parts, streams: true, ...mode };
  return createPipeline(engine, settings, telemetry, options) as StreamingHandler;
}

function createPipeline(
  engine: Engine,
  settings: Settings,
  telemetry: Telemetry,
  { executionMode, ...served }: PipelineOptions,
): unknown {
  const { logger, metrics, scriptLog } = telemetry;
  const reportFailure = failureReporter(logger);
  const { handler, paths } = routeTable(engine, settings, {
    scriptLog,
    ...served,
    reportFailure,
  });
  // Hooks after the route run in reverse: the response is made first, metrics go out last.
  return middy({
    timeoutEarlyInMillis: LAST_ANSWER_MS,
    timeoutEarlyResponse: outOfTime,
    ...(executionMode && { executionMode }),
  })
    .use(metrics === null ? [] : publishMetrics(metrics))
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(recordInvocation(engine, telemetry))
    .use(http(paths, settings, reportFailure))
    .handler(handler as (event: unknown, context: Context) => Promise<unknown>);
}

/** What the caller gets to know of a failure; a defect is told in the log. */
function failureReporter(logger: Telemetry['logger']) {
  return (failure: unknown, requestId: string): ErrorReport => {
    const error = reportOf(failure);
    if (error.code === 'INTERNAL_ERROR') {
      logger.error('INTERNAL_ERROR', { request_id: requestId, failure: describeFailure(failure) });
    }
    return error;
  };
}

/** Turns the event into an {@link HttpRequest}, and answers and errors into HTTP responses. */
function http(
  paths: KnownPaths,
  { corsOrigins }: Settings,
  reportFailure: ReturnType<typeof failureReporter>,
): Middleware {
  return {
    before: (request) => {
      request.internal.requestId = requestIdOf(request.event, request.context);
      request.internal.http = httpRequest(request.event, request.context, paths);
      request.event = request.internal.http;
    },
    after: (request) => {
      // The handler of the pipeline is the route table, which gives answers.
      request.response = response(request.response as Answer, request, corsOrigins);
    },
    onError: (request) => {
      const requestId = request.internal.requestId ?? request.context.awsRequestId;
      if (request.error instanceof ExecutionAbandoned) {
        request.response = { statusCode: CALLER_GONE, headers: commonHeaders, body: '' };
        return;
      }
      const error = reportFailure(request.error, requestId);
      const timestamp = new Date().toISOString();
      const execution = failedExecution(error, emptyMetadata({ requestId, url: null, timestamp }));
      request.response = response({ kind: 'execution', execution }, request, corsOrigins);
    },
  };
}

function response(
  answer: Answer,
  { internal, context }: PipelineRequest,
  corsOrigins: readonly string[],
): StreamedResult {
  const headers: Record<string, string> = {
    ...commonHeaders,
    'x-request-id': internal.requestId ?? context.awsRequestId,
    ...(corsOrigins.length > 0 && corsHeaders(internal.http?.origin ?? null, corsOrigins)),
  };
  const isHead = internal.http?.httpMethod === 'HEAD';
  if (answer.kind === 'document') {
    if ('contentType' in answer) {
      headers['content-type'] = answer.contentType;
      if (answer.execution !== null) internal.execution = answer.execution;
    }
    return { statusCode: answer.status, headers, body: isHead ? '' : answer.body };
  }
  if (answer.kind === 'file') {
    internal.file = answer;
    const body = isHead ? '' : answer.body;
    const isBase64Encoded = answer.base64 && !isHead;
    return { statusCode: 200, headers: { ...headers, ...answer.headers }, body, isBase64Encoded };
  }
  if (answer.kind === 'stream') {
    internal.stream = answer;
    const type = { 'content-type': streamTypes[answer.format], 'x-accel-buffering': 'no' };
    return { statusCode: 200, headers: { ...headers, ...type }, body: answer.body };
  }
  const { error } = answer.execution;
  internal.execution = answer.execution;
  if (error?.code === 'OVERLOADED') headers['retry-after'] = RETRY_AFTER_SECONDS;
  if (error?.code === 'METHOD_NOT_ALLOWED') headers.allow = allowedMethods(error.details);
  const body = isHead ? '' : executionBody(answer.execution);
  return { statusCode: error === null ? 200 : statusOf[error.code], headers, body };
}

/** The gateway answers the preflight; the answer itself must name the origin that may read it. */
function corsHeaders(origin: string | null, allowed: readonly string[]): Record<string, string> {
  const any = allowed.includes('*');
  if (!any && (origin === null || !allowed.includes(origin))) return { vary: 'origin' };
  return {
    'access-control-allow-origin': any || origin === null ? '*' : origin,
    'access-control-expose-headers': exposedHeaders,
    vary: 'origin',
  };
}

function allowedMethods(details: unknown): string {
  return (details as { readonly allowed: readonly string[] }).allowed.join(', ');
}

/** Writes one line to the log and, after an execution, its metrics. */
function recordInvocation(
  engine: Engine,
  { logger, metrics, scriptLog, tally, tracing }: Telemetry,
): Middleware {
  let replacedBefore = 0;
  const record = (
    { internal, context }: PipelineRequest,
    httpStatus: number,
    responseLength: number,
    execution: Execution | null,
  ): void => {
    const { startedAt = 0, http, requestId = context.awsRequestId } = internal;
    const isExecution = executing.has(http?.path ?? '') && http?.httpMethod === 'POST';
    const scriptLogsDropped = scriptLog.takeDropped();
    logInvocation(logger, {
      requestId,
      tenant: http?.tenant ?? null,
      apiKeyId: http?.apiKeyId ?? null,
      method: http?.httpMethod ?? null,
      path: http?.path ?? null,
      httpStatus,
      totalTimeMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
      requestLength: http?.body.length ?? 0,
      responseLength,
      execution,
      scriptLogsDropped,
    });
    if (!isExecution || execution === null) return;
    tracing?.record(execution);
    if (metrics !== null) {
      const { failedStarts, replaced, keptBytes } = engine.health();
      const isRefused = execution.error?.code === 'OVERLOADED';
      recordExecution(metrics, execution, {
        ...tally.take(),
        logsDropped: scriptLogsDropped,
        failedStarts: isRefused ? failedStarts : 0,
        streamedBytes: internal.stream === undefined ? null : responseLength,
        sandboxesReplaced: replaced - replacedBefore,
        keptBytes,
      });
      replacedBefore = replaced;
    }
  };
  const recordAnswer = (request: PipelineRequest): void => {
    const { stream, file, execution = null } = request.internal;
    const { statusCode, body } = request.response as StreamedResult;
    if (typeof body === 'string') record(request, statusCode, body.length, execution);
    else if (file !== undefined) record(request, statusCode, file.bytes, null);
    // A stream ends after the last hook.
    stream?.onEnd((ended, bytes) => {
      record(request, ended === null ? CALLER_GONE : statusCode, bytes, ended);
      if (metrics?.hasStoredMetrics()) metrics.publishStoredMetrics();
    });
  };
  return {
    before: ({ internal }) => {
      internal.startedAt = performance.now();
    },
    after: recordAnswer,
    onError: recordAnswer,
  };
}

/** Powertools' middleware, silent where an invocation has no metrics. */
function publishMetrics(metrics: Metrics): Middleware {
  const { before, after, onError } = logMetrics(metrics, { captureColdStartMetric: true });
  type Hook = Parameters<NonNullable<typeof after>>[0];
  return {
    before: (request) => before?.(request as Hook),
    after: (request) => (metrics.hasStoredMetrics() ? after?.(request as Hook) : undefined),
    onError: (request) => (metrics.hasStoredMetrics() ? onError?.(request as Hook) : undefined),
  };
}

function outOfTime(): never {
  throw new Error('The engine did not answer within the time that the invocation had');
}
