/** The built client in the runtimes that it is for, and against the API wherever that runs. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeInBrowser, startBrowser } from '../../local/playground/browser.ts';
import { startEngine } from '../../support/engine-process.ts';
import { synthesizeArtefact } from '../../support/lambda/artefact.ts';
import { createImage, startEnvironment } from '../../support/lambda/environment.ts';
import { startGateway } from '../../support/lambda/gateway.ts';
import { nodes } from '../../support/runtimes/nodes.ts';
import { describeInWorkerd, startWorker } from '../../support/runtimes/workerd.ts';
import { type Loopback, listenOnLoopback } from '../../support/servers/loopback.ts';
import { startRefusals } from './refusals.ts';
import type { Endpoints, Report } from './scenario.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'client-'));
/** All of it in one file, for whatever has `fetch`. */
const bundle = join(folder, 'scenario.mjs');
let pages: Loopback;
let artefact: ReturnType<typeof synthesizeArtefact> | undefined;

const expected: Report = {
  result: 42,
  answer: { status: 'success', stdout: 'hi\n' },
  batch: [2, 3],
  events: ['start', 'stdout ä', 'stderr b', 'log', 'end'],
  items: ['0: 2', '1: 3'],
  errors: {
    run: 'RunError RUNTIME_ERROR',
    request: 'InvalidRequestError INVALID_REQUEST',
    policy: 'NotAllowedError URL_NOT_ALLOWED',
    download: 'DownloadError DOWNLOAD_FAILED',
    code: 'UnsupportedCodeError UNSUPPORTED_CODE',
    stranger: 'ProtocolError',
    full: 'OverloadedError OVERLOADED',
  },
  retried: 1,
  tries: 3,
  retryAfterMs: 1000,
  authorization: expect.stringMatching(
    /^AWS4-HMAC-SHA256 Credential=AKID\/…\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=\S+, Signature=…$/,
  ) as unknown as string,
  aborted: ['start', 'stdout', 'AbortError'],
};

/** What the client talks to: each starts one, and says how to stop it. */
const engines: readonly (readonly [
  name: string,
  start: (pageOrigin: string) => Promise<{ origin: string; stop(): Promise<void> }>,
])[] = [
  ['the local server', (pageOrigin) => startEngine({ ENGINE_CORS_ORIGINS: pageOrigin })],
  ['the function that streams', (pageOrigin) => startFunction('stream.handler', pageOrigin)],
  ['the function that does not', (pageOrigin) => startFunction('handler.handler', pageOrigin)],
];

async function startFunction(handler: string, pageOrigin: string) {
  artefact ??= synthesizeArtefact();
  const { code, variables } = artefact;
  const image = await createImage(code);
  const environment = await startEnvironment(image, {
    ...variables,
    _HANDLER: handler,
    ENGINE_CORS_ORIGINS: pageOrigin,
  });
  const gateway = await startGateway(environment);
  return {
    origin: `http://127.0.0.1:${gateway.port}`,
    async stop() {
      await gateway.close();
      await environment.shutDown();
      await image.remove();
    },
  };
}

beforeAll(async () => {
  await promisify(execFile)(here('../../../node_modules/.bin/esbuild'), [
    here('scenario.ts'),
    ...['--bundle', '--format=esm', '--platform=browser', `--outfile=${bundle}`],
    // Without the path to the sources that the type checker has: `lib/`, as package.json says.
    '--tsconfig-raw={}',
  ]);
  pages = await listenOnLoopback(
    createServer((request, response) => {
      const isCode = request.url === '/scenario.mjs';
      response.setHeader('content-type', isCode ? 'text/javascript' : 'text/html');
      response.end(isCode ? readFileSync(bundle) : '<!doctype html><title>A page</title>');
    }),
  );
});
afterAll(async () => {
  await pages.close();
  rmSync(folder, { recursive: true });
});

describe.each(engines)('%s', (_name, start) => {
  let engine: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    engine = await start(`http://127.0.0.1:${pages.port}`);
    // Lambda's folders are made of what CDK synthesizes, which takes its time on a busy machine.
  });
  afterAll(() => engine.stop());

  /** @param run has the scenario run somewhere, and gives what it reports */
  async function check(run: (endpoints: Endpoints) => Promise<unknown>): Promise<void> {
    const { endpoints, timesMs, close } = await startRefusals(engine.origin);
    try {
      expect(await run(endpoints)).toEqual(expected);
      const [first = 0, second = 0] = timesMs;
      expect(second - first).toBeGreaterThanOrEqual(990);
    } finally {
      await close();
    }
  }

  /** The oldest version that there is on this machine, too. */
  test.each(nodes)('from Node.js %s', (_version, node) =>
    check(async (endpoints) => {
      const program = `import { scenario } from ${JSON.stringify(pathToFileURL(bundle))};
        console.log(JSON.stringify(await scenario(JSON.parse(process.argv[1]))))`;
      const args = ['--input-type=module', '-e', program, JSON.stringify(endpoints)];
      const { stdout } = await promisify(execFile)(node, args);
      return JSON.parse(stdout);
    }),
  );

  describeInBrowser('from a page of another origin', () => {
    test('does the same', () =>
      check(async (endpoints) => {
        const browser = await startBrowser();
        try {
          const page = await (await browser.newContext()).newPage();
          await page.goto(`http://127.0.0.1:${pages.port}/`);
          return await page.evaluate(async (given) => {
            const address = '/scenario.mjs';
            const { scenario } = await import(address);
            return scenario(given);
          }, endpoints);
        } finally {
          await browser.close();
        }
      }));
  });

  describeInWorkerd('from a worker', () => {
    test('does the same', () =>
      check(async (endpoints) => {
        const worker = await startWorker({
          'worker.mjs': `import { scenario } from './scenario.mjs';
            export default {
              async fetch(request) {
                return Response.json(await scenario(await request.json()));
              },
            };`,
          'scenario.mjs': readFileSync(bundle, 'utf8'),
        });
        try {
          const body = JSON.stringify(endpoints);
          const response = await fetch(worker.origin, { method: 'POST', body });
          return await response.json();
        } finally {
          await worker.stop();
        }
      }));
  });
});
