/** What is deployed, `dist/handler.mjs`, on this machine. */

import { fileURLToPath } from 'node:url';
import type { StreamingHandler } from '../api/pipeline.ts';
import { loadSettings } from '../settings/settings.ts';
import { type LocalServer, type ServerOptions, startServer } from './server.ts';

const bundle = new URL('../../dist/handler.mjs', import.meta.url);
const examplesFolder = fileURLToPath(new URL('../../examples', import.meta.url));

/** What `dist/handler.mjs` exports. */
interface Bundle {
  createStreamingHandler(): StreamingHandler;
  close(): Promise<void>;
}

/**
 * Starts the server with the bundled handler, which may execute code from the server itself. The
 * engine's JSON lines are for CloudWatch: only errors of the engine are shown here, unless
 * `POWERTOOLS_LOG_LEVEL` asks for more.
 */
export async function startLocally(
  port: number,
  onAnswer?: NonNullable<ServerOptions['onAnswer']>,
): Promise<LocalServer> {
  let engine: Bundle | null = null;
  const server = await startServer({
    port,
    examplesFolder,
    pageOrigins: loadSettings(process.env).corsOrigins,
    ...(onAnswer && { onAnswer }),
    loadHandler: async (origin) => {
      process.env.ENGINE_TRUSTED_ORIGINS = [
        process.env.ENGINE_TRUSTED_ORIGINS?.trim(),
        origin,
        origin.replace('127.0.0.1', 'localhost'),
      ]
        .filter(Boolean)
        .join(',');
      process.env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
      process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
      // A variable, as the bundle need not exist where this file is checked.
      engine = (await import(bundle.href)) as Bundle;
      return engine.createStreamingHandler();
    },
  });
  return {
    origin: server.origin,
    async close() {
      await server.close();
      await engine?.close();
    },
  };
}

/** The same for people at a terminal: where it cannot start, says why, and ends the process with 1. */
export async function startOrExit(
  port: number,
  onAnswer?: NonNullable<ServerOptions['onAnswer']>,
): Promise<LocalServer> {
  try {
    return await startLocally(port, onAnswer);
  } catch (error) {
    return exitWith(explain(error, port));
  }
}

function explain(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} is in use: choose another one with PORT=…`;
  if (code === 'EACCES') return `Port ${port} needs more rights: choose another one with PORT=…`;
  return message;
}

/** What is wrong, in a line and without a stack, and the end of the process. */
export function exitWith(message: string): never {
  console.error(message);
  process.exit(1);
}
