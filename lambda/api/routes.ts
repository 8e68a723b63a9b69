/** The routes of the API: `POST /execute`, `GET /health`, `GET /openapi.json`, `POST /mcp`, and the playground's. */

import httpRouter, { type Route } from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { EngineError, type ErrorReport } from '../contract/errors.ts';
import type { Engine, ExecuteRequest, Execution, ExecutionContext } from '../contract/execution.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import { abandonedOf } from '../contract/watched-context.ts';
import type { Settings } from '../settings/settings.ts';
import { hostOf } from '../telemetry/redaction.ts';
import type { ScriptLog } from '../telemetry/script-log.ts';
import { acceptedStream, type StreamFormat } from './accept.ts';
import { jsonBody } from './body.ts';
import { type HttpRequest, header, type KnownPaths } from './event.ts';
import { healthOf } from './health.ts';
import type { McpAnswer, McpRoute } from './mcp-route.ts';
import { openApiDocument } from './openapi.ts';
import type { Playground, ServedFile } from './playground.ts';
import { reportOf } from './report.ts';
import { executeRequest, type RequestSchema, requestSchema } from './request.ts';
import type { StreamedExecution } from './streamed-execution.ts';

/** What a route answers, before it is an HTTP response. */
export type Answer =
  | { readonly kind: 'execution'; readonly execution: Execution }
  | StreamedExecution
  | McpAnswer
  | ServedFile
  | { readonly kind: 'document'; readonly status: number; readonly body: string };

export type RouteHandler = (request: HttpRequest, context: Context) => Promise<Answer>;

export interface RouteTable {
  readonly paths: KnownPaths;
  readonly handler: RouteHandler;
}

/** Time of an invocation that the handler keeps for the script log, the response and the log. */
const RESERVE_MS = 1000;
/** Callers wait no longer for a whole answer, unless the operator lets runs take more. */
const WHOLE_ANSWER_MS = 30_000;
/** Time beside that of the run: for the download, and for waiting for a sandbox. */
const BESIDE_RUN_MS = 5000;
/** The last event of a stream leaves this long before the invocation ends. */
const LAST_EVENT_MS = 100;

type Methods = Readonly<Record<string, readonly ('GET' | 'HEAD' | 'POST')[]>>;

const apiMethods: Methods = {
  '/execute': ['POST'],
  '/health': ['GET', 'HEAD'],
  '/openapi.json': ['GET', 'HEAD'],
};
const mcpMethods: Methods = { '/mcp': ['POST'] };
const assetPath = '/playground/{asset}';
const playgroundMethods: Methods = { '/': ['GET', 'HEAD'], [assetPath]: ['GET', 'HEAD'] };

export interface RouteOptions {
  readonly scriptLog: ScriptLog;
  readonly version: string;
  readonly playgroundFolder: URL;
  /** Whether answers may be streams. */
  readonly streams: boolean;
  /** The caller's report of a failure, which goes into the log where it is a defect. */
  readonly reportFailure: (failure: unknown, requestId: string) => ErrorReport;
}

/** @throws {EngineError} (the handler) NOT_FOUND, METHOD_NOT_ALLOWED, and what a route throws */
export function routeTable(
  engine: Engine,
  settings: Settings,
  { scriptLog, version, playgroundFolder, streams, reportFailure }: RouteOptions,
): RouteTable {
  const schema = requestSchema(settings);
  let streamSchema: RequestSchema | undefined;
  let openApi: string | undefined;
  let mcp: Promise<McpRoute> | undefined;
  let playground: Promise<Playground> | undefined;
  const methods = {
    ...apiMethods,
    ...(settings.mcp && mcpMethods),
    ...(settings.playground && playgroundMethods),
  };
  const wholeAnswerMs = Math.max(WHOLE_ANSWER_MS, settings.maxTimeoutMs + BESIDE_RUN_MS);

  async function execute(
    request: ExecuteRequest,
    http: HttpRequest,
    context: ExecutionContext,
  ): Promise<Execution> {
    const startedAt = Date.now();
    try {
      const execution = await engine.execute(request, context);
      await writeScriptLog(scriptLog, execution, http);
      return execution;
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === 'INTERNAL_ERROR') throw error;
      const timestamp = new Date(startedAt).toISOString();
      const url = request.source.kind === 'url' ? request.source.url : null;
      const metadata = emptyMetadata({ requestId: http.requestId, url, timestamp });
      return failedExecution(reportOf(error), metadata);
    }
  }

  async function stream(
    format: StreamFormat,
    http: HttpRequest,
    context: Context,
  ): Promise<Answer> {
    const { streamExecution } = await import('./streamed-execution.ts');
    streamSchema ??= requestSchema(settings, true);
    const body = jsonBody(http, settings.maxRequestBytes);
    const request = executeRequest(body, streamSchema, settings);
    const { requestId } = http;
    const remainingMs = context.getRemainingTimeInMillis();
    const timeLeftMs = Math.max(0, remainingMs - RESERVE_MS);
    const first = await streamExecution({
      format,
      maxBytes: settings.maxStreamBytes,
      timeLeftMs: Math.max(0, remainingMs - LAST_EVENT_MS),
      abandoned: abandonedOf(context),
      execute: (observer, abandoned) =>
        execute(request, http, { requestId, timeLeftMs, observer, abandoned }),
      reportOf: (failure) => reportFailure(failure, requestId),
    });
    return 'kind' in first ? first : { kind: 'execution', execution: first };
  }

  async function answerMcp(http: HttpRequest, context: Context): Promise<Answer> {
    mcp ??= import('./mcp-route.ts').then(({ mcpRoute }) =>
      mcpRoute({ settings, schema, version, streams, execute }),
    );
    const remainingMs = context.getRemainingTimeInMillis();
    const waitMs = streams ? remainingMs : Math.min(remainingMs, wholeAnswerMs);
    const timeLeftMs = Math.max(0, waitMs - RESERVE_MS);
    return (await mcp)(http, header(http.headers, 'host'), abandonedOf(context), timeLeftMs);
  }

  async function servePlayground(http: HttpRequest): Promise<Answer> {
    playground ??= import('./playground.ts').then(({ openPlayground }) =>
      openPlayground(playgroundFolder, streams),
    );
    return (await playground)(http, header(http.headers, 'accept-encoding'));
  }

  const handlers: Readonly<Record<string, RouteHandler>> = {
    '/execute': async (http, context) => {
      const format = streams ? acceptedStream(http.accept) : null;
      if (format !== null) return stream(format, http, context);
      const request = executeRequest(jsonBody(http, settings.maxRequestBytes), schema, settings);
      const execution = await execute(request, http, {
        requestId: http.requestId,
        timeLeftMs: Math.max(
          0,
          Math.min(context.getRemainingTimeInMillis(), wholeAnswerMs) - RESERVE_MS,
        ),
        abandoned: abandonedOf(context),
      });
      return { kind: 'execution', execution };
    },
    '/health': async () => {
      const health = healthOf(engine.health(), version);
      const status = health.status === 'ok' ? 200 : 503;
      return { kind: 'document', status, body: JSON.stringify(health) };
    },
    '/openapi.json': async () => {
      // Where answers stream, a run may be asked for that is longer: a whole answer says so.
      openApi ??= streams
        ? openApiDocument(requestSchema(settings, true), version, true)
        : openApiDocument(schema, version);
      return { kind: 'document', status: 200, body: openApi };
    },
    '/mcp': answerMcp,
    '/': servePlayground,
    [assetPath]: servePlayground,
  };
  const routes = Object.entries(handlers).flatMap(([path, handler]) =>
    (methods[path] ?? []).map((method) => ({ method, path, handler })),
  );
  // The router's types want the event of a gateway; it reads `httpMethod` and `path` of it.
  const handler = httpRouter({
    routes: routes as unknown as Route<APIGatewayProxyEvent, APIGatewayProxyResult>[],
    notFoundResponse: ({ method, path }: { method: string; path: string }) =>
      rejectRoute(methods, method, path),
  }) as unknown as RouteHandler;
  return { paths: { has: (path) => Object.hasOwn(methods, routeOf(path)) }, handler };
}

async function writeScriptLog(
  scriptLog: ScriptLog,
  { logs, items, metadata }: Execution,
  { requestId, tenant }: HttpRequest,
): Promise<void> {
  const entries = items === null ? logs : items.flatMap((item) => item.logs);
  if (entries.length === 0) return;
  const { url, sha256 } = metadata;
  await scriptLog.write(entries, { requestId, tenant, codeHost: hostOf(url), sha256 });
}

/** The path of the table that a request's path belongs to. */
function routeOf(path: string): string {
  return /^\/playground\/[^/]+$/.test(path) ? assetPath : path;
}

function rejectRoute(methods: Methods, method: string, path: string): never {
  const route = routeOf(path);
  if (!Object.hasOwn(methods, route)) {
    throw new EngineError('NOT_FOUND', `There is only ${Object.keys(methods).join(', ')}`);
  }
  const allowed = [...(methods[route] ?? [])];
  throw new EngineError(
    'METHOD_NOT_ALLOWED',
    `${path} has no ${method.slice(0, 20)}: use ${allowed.join(' or ')}`,
    { details: { allowed } },
  );
}
