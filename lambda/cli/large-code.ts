/** Code that is too large for a request goes to the sandbox as a download from this process. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunOptions } from './arguments.ts';
import type { PreparedRequest } from './request.ts';

/** A request has room for its other fields beside it. */
const MAX_INLINE_BYTES = 3 * 1024 * 1024;

export interface CodeServer {
  /** The engine must trust it before it starts: nothing else on loopback is permitted. */
  readonly origin: string;
  /** The request with a URL in the place of its code, where that is too large. */
  offer(prepared: PreparedRequest): PreparedRequest;
  close(): void;
}

/** @returns whether the code is too large for a request, or may become so. */
export function needsServer(
  { source, watch, endpoint }: RunOptions,
  prepared: PreparedRequest | null,
): boolean {
  if (endpoint !== undefined) return false;
  if (prepared !== null) return isLarge(codeOf(prepared));
  if (watch) return true;
  return sizeOf(source) >= MAX_INLINE_BYTES;
}

/** @returns 0 where it cannot be told: whoever reads the file says why */
function sizeOf(file: string): number {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

export async function startCodeServer(): Promise<CodeServer> {
  let offered: { readonly path: string; readonly bytes: Buffer } | null = null;
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === offered?.path) outgoing.end(offered?.bytes);
    else outgoing.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    offer(prepared) {
      const bytes = codeOf(prepared);
      // Modules have their places beside the code.
      if (!isLarge(bytes) || prepared.name === null || prepared.request.modules) return prepared;
      const { code: _, ...request } = prepared.request;
      // A path that nobody guesses: other users of the machine can reach the port.
      const file = new URL(prepared.name.url).pathname;
      offered = { path: `/${randomBytes(16).toString('hex')}${file}`, bytes };
      const url = origin + offered.path;
      return { ...prepared, request: { ...request, url }, name: { ...prepared.name, url } };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function isLarge({ length }: Buffer): boolean {
  return length >= MAX_INLINE_BYTES;
}

function codeOf({ request: { code = '' } }: PreparedRequest): Buffer {
  return typeof code === 'string' ? Buffer.from(code) : Buffer.from(code.base64, 'base64');
}
