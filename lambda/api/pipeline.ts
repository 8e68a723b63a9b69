/** One Lambda event from its arrival to the response: the Middy pipeline around the routes. */

import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy, { type MiddlewareObj, type Request } from '@middy/core';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Engine, Execution } from '../contract/execution.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import { exposedHeaders } from '../contract/headers.ts';
import { statusOf } from '../contract/status.ts';
import type { Settings } from '../settings/settings.ts';
import { logInvocation } from '../telemetry/invocation-log.ts';
import { recordExecution } from '../telemetry/metrics.ts';
import { describeFailure } from '../telemetry/redaction.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type HttpRequest, httpRequest, requestIdOf } from './event.ts';
import { reportOf } from './report.ts';
import { executionBody } from './response.ts';
import { type Answer, routeTable } from './routes.ts';

/** The handler of API Gateway (REST and HTTP API) and function URL events. */
export type LambdaHandler = (event: unknown, context: Context) => Promise<APIGatewayProxyResult>;

/** The pipeline answers this long before Lambda would end the invocation without an answer. */
const LAST_ANSWER_MS = 100;
const RETRY_AFTER_SECONDS = '1';

const commonHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'content-type': 'application/json',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
} as const;

/** What the middlewares share about an invocation. */
interface InvocationState extends Record<string, unknown> {
  startedAt?: number;
  requestId?: string;
  http?: HttpRequest;
  execution?: Execution;
}
type PipelineRequest = Request<unknown, unknown, unknown, Context, InvocationState>;
type Middleware = MiddlewareObj<unknown, unknown, unknown, Context, InvocationState>;

export function createHandler(
  engine: Engine,
  settings: Settings,
  telemetry: Telemetry,
  version: string,
): LambdaHandler {
  const { logger, metrics, scriptLog } = telemetry;
  const { handler, paths } = routeTable(engine, settings, scriptLog, version);
  // Hooks after the route run in reverse: the response is made first, metrics go out last.
  const pipeline = middy({ timeoutEarlyInMillis: LAST_ANSWER_MS, timeoutEarlyResponse: outOfTime })
    .use(metrics === null ? [] : publishMetrics(metrics))
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(recordInvocation(engine, telemetry))
    .use(http(paths, settings, telemetry))
    .handler(handler as (event: unknown, context: Context) => Promise<unknown>);
  return pipeline as LambdaHandler;
}

/** Turns the event into an {@link HttpRequest}, and answers and errors into HTTP responses. */
function http(
  paths: ReadonlySet<string>,
  { corsOrigins }: Settings,
  { logger }: Telemetry,
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
      const error = reportOf(request.error);
      const requestId = request.internal.requestId ?? request.context.awsRequestId;
      if (error.code === 'INTERNAL_ERROR') {
        const failure = describeFailure(request.error);
        logger.error('INTERNAL_ERROR', { request_id: requestId, failure });
      }
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
): APIGatewayProxyResult {
  const headers: Record<string, string> = {
    ...commonHeaders,
    'x-request-id': internal.requestId ?? context.awsRequestId,
    ...(corsOrigins.length > 0 && corsHeaders(internal.http?.origin ?? null, corsOrigins)),
  };
  const isHead = internal.http?.httpMethod === 'HEAD';
  if (answer.kind === 'document') {
    return { statusCode: answer.status, headers, body: isHead ? '' : answer.body };
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
function recordInvocation(engine: Engine, { logger, metrics, scriptLog }: Telemetry): Middleware {
  const record = ({ internal, context, response }: PipelineRequest) => {
    const { startedAt = 0, http, execution = null, requestId = context.awsRequestId } = internal;
    const { statusCode, body } = response as APIGatewayProxyResult;
    const isExecution = http?.path === '/execute' && http.httpMethod === 'POST';
    const scriptLogsDropped = scriptLog.takeDropped();
    logInvocation(logger, {
      requestId,
      tenant: http?.tenant ?? null,
      apiKeyId: http?.apiKeyId ?? null,
      method: http?.httpMethod ?? null,
      path: http?.path ?? null,
      httpStatus: statusCode,
      totalTimeMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
      requestLength: http?.body.length ?? 0,
      responseLength: body.length,
      execution,
      scriptLogsDropped,
    });
    if (metrics !== null && isExecution && execution !== null) {
      const isRefused = execution.error?.code === 'OVERLOADED';
      const failedStarts = isRefused ? engine.health().failedStarts : 0;
      recordExecution(metrics, execution, { logsDropped: scriptLogsDropped, failedStarts });
    }
  };
  return {
    before: ({ internal }) => {
      internal.startedAt = performance.now();
    },
    after: record,
    onError: record,
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
