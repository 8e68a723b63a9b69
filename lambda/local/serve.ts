/** The API on 127.0.0.1:$PORT for people at a terminal, until SIGINT or SIGTERM. */

import type { StreamedResult } from '../api/pipeline.ts';
import type { Answer, LocalServer } from './server.ts';
import { exitWith, startOrExit } from './start.ts';

/** Starts it and says where it listens; where it cannot start, says why, and ends the process with 1. */
export async function serve(): Promise<void> {
  const server = await startOrExit(portOf(process.env.PORT), logAnswer);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(server));
  console.log(`The engine listens on ${server.origin} (its description: ${server.origin}/openapi.json)
Open ${server.origin}/ in a browser, or try:

  curl -s ${server.origin}/execute -H 'content-type: application/json' -d '{"url":"${server.origin}/examples/hello.js"}'
`);
}

async function stop(server: LocalServer): Promise<void> {
  // A second signal ends the process at once, as both handlers are gone.
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
  console.log('Stopping …');
  await server.close();
  process.exit(0);
}

function portOf(text = '3000'): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  return exitWith(`PORT must be a number from 0 to 65535; it is ${JSON.stringify(text)}`);
}

/** `07:00:00 POST /execute 200 success javascript http://127.0.0.1:3000/examples/hello.js 2.1 ms` */
function logAnswer({ method, path, result, durationMs }: Answer): void {
  const words = [
    new Date().toISOString().slice(11, 19),
    method,
    path.slice(0, 100),
    result.statusCode,
    ...(path.startsWith('/execute') ? outcomeOf(result.body) : []),
    `${durationMs.toFixed(1)} ms`,
  ];
  console.log(words.join(' '));
}

/** Of a success only the end of the body is parsed, as results and output can be long. */
function outcomeOf(body: StreamedResult['body']): string[] {
  if (typeof body !== 'string') return ['streamed'];
  if (body === '') return ['the caller has gone'];
  if (body.startsWith('{"status":"success"')) {
    // No output of a guest can look like this: its quotes are escaped.
    const metadata = JSON.parse(body.slice(body.lastIndexOf('"metadata":{') + 11, -1));
    return ['success', metadata.codeType, withoutQuery(metadata.url)];
  }
  const { error, metadata } = JSON.parse(body);
  return [error.code, metadata.codeType ?? '', withoutQuery(metadata.url)].filter(Boolean);
}

function withoutQuery(url: string | null): string {
  return (url ?? '').replace(/[?#].*$/s, '').slice(0, 200);
}
