/** Servers that answer downloads and fetches well or badly, and egress layers that may reach them. */

import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { FetchFailed, GuestFetchRequest } from '../../../lambda/contract/calls.ts';
import { createEgress, type Egress, type EgressOptions } from '../../../lambda/egress/egress.ts';
import type { FetchSession } from '../../../lambda/egress/session.ts';
import type { FetchQuota } from '../../../lambda/settings/settings.ts';
import { type Loopback, listenOnLoopback } from './loopback.ts';

/** A server on a free loopback port, and what it has seen. */
export interface TestServer extends Loopback {
  readonly origin: string;
}

export async function serve(listener: RequestListener): Promise<TestServer> {
  return listening(createServer(listener), 'http');
}

export async function serveTls(
  certificate: { readonly key: string; readonly cert: string },
  listener: RequestListener,
): Promise<TestServer> {
  return listening(createTlsServer(certificate, listener), 'https');
}

/** Answers each connection with bytes of the test's own making, once a request has come in. */
export async function serveRaw(
  answer: (socket: Socket, request: string) => void,
): Promise<TestServer> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => answer(socket, chunk.toString('latin1')));
  });
  return listening(server, 'http');
}

async function listening(server: Server, scheme: string): Promise<TestServer> {
  const loopback = await listenOnLoopback(server);
  return { ...loopback, origin: `${scheme}://127.0.0.1:${loopback.port}` };
}

const open: EgressOptions = {
  codeAllowedHosts: ['*'],
  inlineCode: true,
  fetchAllowedHosts: ['*'],
  allowedPorts: [80, 443],
  trustedOrigins: [],
  maxCodeBytes: 100_000,
  maxWasmBytes: 200_000,
  downloadTimeoutMs: 5_000,
};

const servers: TestServer[] = [];
const layers: Egress[] = [];

/** Starts a server that {@link closeEgress} closes. */
export async function listen(listener: RequestListener): Promise<TestServer> {
  return kept(await serve(listener));
}

/** The same for {@link serveRaw}. */
export async function listenRaw(answer: Parameters<typeof serveRaw>[0]): Promise<TestServer> {
  return kept(await serveRaw(answer));
}

function kept(server: TestServer): TestServer {
  servers.push(server);
  return server;
}

/** An egress layer that trusts all servers which listen now; {@link closeEgress} closes it. */
export function trusting(options: Partial<EgressOptions> = {}): Egress {
  const egress = egressTo(servers, options);
  layers.push(egress);
  return egress;
}

/** Closes what {@link listen} and {@link trusting} opened: for `afterEach`. */
export async function closeEgress(): Promise<void> {
  await Promise.all(layers.splice(0).map((egress) => egress.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** An egress layer that trusts the given servers. */
export function egressTo(
  servers: readonly TestServer[],
  options: Partial<EgressOptions> = {},
): Egress {
  return createEgress({
    ...open,
    trustedOrigins: servers.map(({ origin }) => origin),
    ...options,
  });
}

export const quota: FetchQuota = {
  maxRequests: 10,
  maxConcurrent: 6,
  maxRequestBytes: 1_000,
  maxResponseBytes: 100_000,
  maxTotalBytes: 1_000_000,
  timeoutMs: 5_000,
};

export function sessionOf(
  egress: Egress,
  limits: Partial<FetchQuota> = {},
  allowedHosts: readonly string[] | null = null,
): FetchSession {
  return egress.openSession({ runId: 'run', quota: { ...quota, ...limits }, allowedHosts });
}

/** Fetches as a guest would, with the body as text. */
export async function fetchFrom(
  session: FetchSession,
  url: string,
  options: Partial<GuestFetchRequest> & { body?: string | Uint8Array; signal?: AbortSignal } = {},
) {
  const { body, signal = new AbortController().signal, ...request } = options;
  const { fetches } = session;
  const outcome = await fetches.fetch(
    {
      url,
      method: 'GET',
      headers: [],
      hasBody: body !== undefined,
      redirect: 'follow',
      timeoutMs: null,
      whole: false,
      upload: null,
      ...request,
    },
    Buffer.from(body ?? ''),
    signal,
  );
  const whole =
    outcome.ok && outcome.rest !== null
      ? await fetches.read({ rest: outcome.rest, whole: true }, signal)
      : outcome;
  if (!outcome.ok || !whole.ok) {
    const { error } = outcome.ok ? (whole as FetchFailed) : outcome;
    return { status: null, headers: [], text: null, url: null, redirected: null, error };
  }
  return { ...outcome.response, text: Buffer.from(whole.body).toString(), error: null };
}

export function download(egress: Egress, url: string, integrity: string | null = null) {
  return egress.download({ url, integrity, runId: 'run', signal: null });
}

/** Answers with the request itself, as JSON. */
export const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    response.end(
      JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString('latin1') }),
    );
  });
};
