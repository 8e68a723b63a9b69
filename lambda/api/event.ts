/** The HTTP request in a Lambda event, of any kind of gateway. */

import type { Context } from 'aws-lambda';
import { EngineError } from '../contract/errors.ts';

/** The router reads `httpMethod` and `path` by these names. */
export interface HttpRequest {
  /** API Gateway's request id, else Lambda's. */
  readonly requestId: string;
  readonly httpMethod: string;
  /** Without stage and trailing slash, where that makes it a path of the API. */
  readonly path: string;
  /** Of the web page that sent the request, if one did. */
  readonly origin: string | null;
  /** What kinds of answer the caller takes. */
  readonly accept: string | null;
  /** All of them, with names as the caller wrote them. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  /** As Lambda knows it, in per-tenant isolation mode only: a header would be the caller's word. */
  readonly tenant: string | null;
  /** Id of the API key that API Gateway has accepted; the key itself is secret. */
  readonly apiKeyId: string | null;
  /** As the event has it: text, or base64 where `base64` is set. */
  readonly body: string;
  readonly base64: boolean;
  /** Whether its gateway makes bytes of an answer in base64 without having been set up for it. */
  readonly decodesBase64: boolean;
}

/** The paths of the API. */
export type KnownPaths = Pick<ReadonlySet<string>, 'has'>;

/** What this file reads from events of REST APIs (payload 1.0), HTTP APIs and function URLs (2.0). */
interface ProxyEvent {
  readonly version?: unknown;
  readonly httpMethod?: unknown;
  readonly path?: unknown;
  readonly resource?: unknown;
  readonly rawPath?: unknown;
  readonly routeKey?: unknown;
  readonly headers?: Readonly<Record<string, unknown>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, unknown>> | null;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
  readonly requestContext?: {
    readonly requestId?: unknown;
    readonly stage?: unknown;
    readonly http?: { readonly method?: unknown };
    readonly identity?: { readonly apiKeyId?: unknown } | null;
  } | null;
}

/**
 * Reads an API Gateway REST, HTTP API (payload 2.0) or function URL event.
 * @param paths the paths of the API; a prefix before one of them, such as a stage, is removed
 * @throws {EngineError} INVALID_REQUEST where the event holds no HTTP request
 */
export function httpRequest(event: unknown, context: Context, paths: KnownPaths): HttpRequest {
  const proxied = (typeof event === 'object' && event !== null ? event : {}) as ProxyEvent;
  const v2 = proxied.version === '2.0';
  const method = v2 ? proxied.requestContext?.http?.method : proxied.httpMethod;
  const path = v2 ? proxied.rawPath : proxied.path;
  if (typeof method !== 'string' || typeof path !== 'string' || !method) {
    throw new EngineError(
      'INVALID_REQUEST',
      'The event is no HTTP request: invoke the function through API Gateway or a function URL',
    );
  }
  const headers = proxied.headers ?? {};
  return {
    requestId: requestIdOf(event, context),
    httpMethod: method.toUpperCase(),
    path: knownPath(path, proxied, paths),
    origin: header(headers, 'origin'),
    accept: listHeader(headers, proxied.multiValueHeaders, 'accept'),
    headers,
    contentType: header(headers, 'content-type'),
    contentEncoding: header(headers, 'content-encoding'),
    tenant: context.tenantId ?? null,
    apiKeyId: apiKeyIdOf(proxied),
    body: typeof proxied.body === 'string' ? proxied.body : '',
    base64: proxied.isBase64Encoded === true,
    decodesBase64: v2,
  };
}

/** The id under which the caller, API Gateway's access log and the engine's log know a request. */
export function requestIdOf(event: unknown, context: Context): string {
  const id = (event as ProxyEvent | null | undefined)?.requestContext?.requestId;
  return typeof id === 'string' && /^[\w.:=+/-]{1,128}$/.test(id) ? id : context.awsRequestId;
}

function apiKeyIdOf({ requestContext }: ProxyEvent): string | null {
  const id = requestContext?.identity?.apiKeyId;
  return typeof id === 'string' && /^[\w-]{1,128}$/.test(id) ? id : null;
}

/**
 * Stages (`/prod/execute`) and base paths of custom domains stand before the path; a gateway
 * that has routes names the one that it took.
 */
function knownPath(path: string, event: ProxyEvent, paths: KnownPaths): string {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path || '/';
  if (paths.has(bare)) return bare;
  const stage = event.requestContext?.stage;
  if (typeof stage === 'string' && `${bare}/`.startsWith(`/${stage}/`)) {
    const inStage = bare.slice(stage.length + 1) || '/';
    if (paths.has(inStage)) return inStage;
  }
  const route = event.version === '2.0' ? event.routeKey : event.resource;
  const routed = typeof route === 'string' ? route.replace(/^\S+ /, '') : '';
  return paths.has(routed) ? routed : bare;
}

/** A list may be in several lines (RFC 9110, section 5.3), of which `headers` has the last one. */
function listHeader(
  headers: HttpRequest['headers'],
  lines: ProxyEvent['multiValueHeaders'],
  name: string,
): string | null {
  const last = header(headers, name);
  const all = Object.entries(lines ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  return Array.isArray(all) && all.at(-1) === last ? all.join(', ') : last;
}

/**
 * Header names are case-insensitive, and a REST API passes them on as the caller wrote them.
 * @param name in lower case
 * @returns `null` where there is none
 */
export function header(headers: HttpRequest['headers'], name: string): string | null {
  const exact = headers[name];
  if (typeof exact === 'string') return exact;
  for (const key of Object.keys(headers)) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue;
    const value = headers[key];
    if (typeof value === 'string') return value;
  }
  return null;
}
