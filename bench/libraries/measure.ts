/**
 * `npm run bench -- --libraries`: code with libraries, at its first run in a new process and at later
 * ones, as the engine reports their execution time; beside it the same source in a new isolate of
 * isolated-vm, and in a new runtime of quickjs-emscripten. With `--against-checkout`, another checkout too.
 */

import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Agent } from 'undici';
import { quantile } from '../measure.ts';
import { type Server, startServer } from '../servers/start.ts';
import {
  bundleLibrary,
  bundleProgram,
  installPackages,
  type Library,
  libraries,
} from './packages.ts';
import { isolatedVmRunner, plainQuickJsRunner, type RunModule } from './peers.ts';

const here = fileURLToPath(new URL('../../', import.meta.url));
/** New processes, each of which gives one first run. */
const GENERATIONS = 5;
/** Fixed, so that what is slow does not take for ever; at least three runs. */
const LATER_MS = 1500;

export interface LibraryRow {
  readonly library: string;
  readonly form: 'bundle' | 'import';
  readonly engine: string;
  /** Medians, in milliseconds. */
  readonly firstMs: number | null;
  /** `null` where the engine cannot run it. */
  readonly laterMs: number | null;
}

interface Served {
  readonly library: Library;
  readonly form: LibraryRow['form'];
  readonly program: string;
  readonly module: string;
  readonly path: string;
}

/** @param other folder of another checkout, built */
export async function measureLibraries(other: string | null): Promise<readonly LibraryRow[]> {
  installPackages();
  const files = new Map<string, string>();
  const served: Served[] = [];
  for (const [index, library] of libraries.entries()) {
    const module = await bundleLibrary(library);
    const bundled = await bundleProgram(library, module);
    files.set(`/${index}/library.mjs`, module);
    files.set(`/${index}/import.mjs`, library.program);
    files.set(`/${index}/bundle.mjs`, bundled);
    const base = { library, module };
    served.push({ ...base, form: 'bundle', program: bundled, path: `/${index}/bundle.mjs` });
    served.push({
      ...base,
      form: 'import',
      program: library.program,
      path: `/${index}/import.mjs`,
    });
  }
  const { server, origin } = await serve(files);
  const agent = new Agent();
  const rows: LibraryRow[] = [];
  const isolated = isolatedVmRunner();
  const plain = await plainQuickJsRunner();
  for (const each of served) {
    const checkouts = other === null ? [here] : [here, other];
    for (const checkout of checkouts) {
      const name = checkout === here ? 'this checkout' : checkout;
      rows.push({ ...rowOf(each, name), ...(await runEngine(agent, checkout, origin, each)) });
    }
    rows.push({ ...rowOf(each, 'isolated-vm'), ...(await runPeer(isolated, each)) });
    rows.push({ ...rowOf(each, 'quickjs-emscripten'), ...(await runPeer(plain, each)) });
  }
  await agent.close();
  server.close();
  return rows;
}

export function printLibraries(rows: readonly LibraryRow[]): void {
  console.log(`\n${'first ms'.padStart(10)}${'later ms'.padStart(10)}   × this checkout`);
  let subject = '';
  let ours: number | null = null;
  for (const { library, form, engine, firstMs, laterMs } of rows) {
    if (subject !== `${library}, ${form}`) {
      subject = `${library}, ${form}`;
      ours = laterMs;
      console.log(subject);
    }
    const [first, later] = [firstMs, laterMs].map((ms) => (ms === null ? '' : ms.toFixed(2)));
    const ratio = laterMs === null || ours === null ? 'fails' : (laterMs / ours).toFixed(2);
    console.log(`${first?.padStart(10)}${later?.padStart(10)}${ratio.padStart(12)}   ${engine}`);
  }
}

function rowOf(
  { library, form }: Served,
  engine: string,
): Pick<LibraryRow, 'library' | 'form' | 'engine'> {
  return { library: library.name, form, engine };
}

async function runPeer(
  run: RunModule,
  { library, program, module }: Served,
): Promise<Pick<LibraryRow, 'firstMs' | 'laterMs'>> {
  const times: number[] = [];
  const end = performance.now() + LATER_MS;
  while (times.length < 3 || performance.now() < end) {
    const start = performance.now();
    const result = await run(program, module);
    if (result === null) return { firstMs: null, laterMs: null };
    requireResult(library, result);
    times.push(performance.now() - start);
  }
  return { firstMs: null, laterMs: quantile(times, 0.5) };
}

async function runEngine(
  agent: Agent,
  checkout: string,
  codeOrigin: string,
  { library, path }: Served,
): Promise<Pick<LibraryRow, 'firstMs' | 'laterMs'>> {
  const [first, later]: [number[], number[]] = [[], []];
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const server = await startServer('checkout.ts', {
      BENCH_CHECKOUT: pathToFileURL(`${checkout}/`).href,
      ENGINE_TRUSTED_ORIGINS: codeOrigin,
      ENGINE_CODE_ALLOWED_HOSTS: '*',
      ENGINE_SANDBOXES: '1',
    });
    const execute = (url: string): Promise<Answer> => request(agent, server, codeOrigin + url);
    // The process is warm; the code is new to it.
    for (let call = 0; call < 20; call++) await execute('/hello.mjs');
    first.push((await run(execute, library, path)).executionTimeMs);
    const end = performance.now() + LATER_MS / GENERATIONS;
    for (let calls = 0; calls < 3 || performance.now() < end; calls++) {
      later.push((await run(execute, library, path)).executionTimeMs);
    }
    await server.stop();
  }
  return { firstMs: quantile(first, 0.5), laterMs: quantile(later, 0.5) };
}

interface Answer {
  readonly result: unknown;
  readonly error: unknown;
  readonly metadata: { readonly executionTimeMs: number };
}

async function run(
  execute: (path: string) => Promise<Answer>,
  library: Library,
  path: string,
): Promise<Answer['metadata']> {
  const { result, error, metadata } = await execute(path);
  if (error !== null) throw new Error(JSON.stringify(error));
  requireResult(library, JSON.stringify(result));
  return metadata;
}

function requireResult({ name, result }: Library, found: string): void {
  if (found !== result) throw new Error(`${name}: ${found}`);
}

async function request(agent: Agent, { origin }: Server, url: string): Promise<Answer> {
  const { body } = await agent.request({
    origin,
    path: '/execute',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, limits: { timeoutMs: 25_000, memoryMb: 512 } }),
  });
  return (await body.json()) as Answer;
}

/** As a CDN does: what is downloaded may be kept. */
async function serve(
  files: ReadonlyMap<string, string>,
): Promise<{ readonly server: HttpServer; readonly origin: string }> {
  const server = createServer((incoming, response) => {
    response.setHeader('content-type', 'text/javascript');
    response.setHeader('cache-control', 'max-age=3600');
    response.end(files.get(incoming.url ?? '') ?? `export default 'hello'`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on a port, so this is its type.
  return { server, origin: `http://127.0.0.1:${port}` };
}
