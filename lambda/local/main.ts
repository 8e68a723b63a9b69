/** `npm start`: the API on 127.0.0.1:$PORT, until SIGINT or SIGTERM. */

import type { StreamedResult } from '../api/pipeline.ts';
import type { Answer, LocalServer } from './server.ts';
import { startLocally } from './start.ts';

const HELP = `Usage: npm start

Serves the API on http://127.0.0.1:3000, and the examples at /examples/.

  PORT                    another port; 0: any free one
  ENGINE_TRUSTED_ORIGINS  origins that code may come from and reach, though their address is private
                          or their port unusual, such as http://127.0.0.1:8000
  ENGINE_…                all other settings: docs/settings.md
  POWERTOOLS_LOG_LEVEL    ERROR; INFO shows a line of JSON for each request
`;

const [argument] = process.argv.slice(2);
if (argument === '--help' || argument === '-h') {
  console.log(HELP);
  process.exit(0);
}
if (argument !== undefined) fail(`There is no argument ${JSON.stringify(argument)}.\n\n${HELP}`);

const server = await start(portOf(process.env.PORT));
console.log(`The engine listens on ${server.origin} (its description: ${server.origin}/openapi.json)
Open ${server.origin}/ in a browser, or try:

  curl -s ${server.origin}/execute -H 'content-type: application/json' -d '{"url":"${server.origin}/examples/hello.js"}'
`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

async function start(port: number): Promise<LocalServer> {
  try {
    return await startLocally(port, logAnswer);
  } catch (error) {
    return fail(explain(error, port));
  }
}

async function stop(): Promise<void> {
  // A second signal ends the process at once, as both handlers are gone.
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
  console.log('Stopping …');
  await server.close();
  process.exit(0);
}

function portOf(text = '3000'): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  return fail(`PORT must be a number from 0 to 65535; it is ${JSON.stringify(text)}`);
}

function explain(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} is in use: choose another one with PORT=…`;
  if (code === 'EACCES') return `Port ${port} needs more rights: choose another one with PORT=…`;
  return message;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
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
