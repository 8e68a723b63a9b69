/** What the handler keeps of what it has done. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { helloScript } from '../../bench/programs.ts';
import { answerOf } from '../support/lambda/answer.ts';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import {
  createImage,
  type Environment,
  type Image,
  startEnvironment,
} from '../support/lambda/environment.ts';
import { executeEvent } from '../support/lambda/event.ts';
import { type Loopback, listenOnLoopback } from '../support/servers/loopback.ts';

const RUNS = 1000;
const IDLE_MS = 3000;

const { code, variables } = synthesizeArtefact();
let server: Loopback;
let image: Image;
let environment: Environment;

beforeAll(async () => {
  server = await listenOnLoopback(
    createServer((_, outgoing) => {
      outgoing.setHeader('content-type', 'text/javascript');
      outgoing.end(helloScript);
    }),
  );
  image = await createImage(code);
  environment = await startEnvironment(image, {
    ...variables,
    ENGINE_TRUSTED_ORIGINS: `http://127.0.0.1:${server.port}`,
  });
});
afterAll(async () => {
  await environment.shutDown();
  await image.remove();
  await server.close();
});

test('a thousand small runs leave little behind', async () => {
  const event = executeEvent({
    url: `http://127.0.0.1:${server.port}/hello.js`,
    limits: { timeoutMs: 20_000 },
  });
  for (let count = 0; count < RUNS; count++) {
    const { statusCode } = await answerOf(await environment.invoke(event));
    expect(statusCode).toBe(200);
  }
  await sleep(IDLE_MS);
  // V8's compilers used to leave 20 MB more of what the C library's allocator manages.
  expect(allocatedMib(environment.processes()[0])).toBeLessThan(24);
}, 240_000);

/** What a process has in memory of its heap, in MiB: in it is what native code allocates in small pieces. */
function allocatedMib(pid: number | undefined): number {
  const maps = readFileSync(`/proc/${pid}/smaps`, 'utf8');
  const [, kib = Number.NaN] = /\[heap\]\n(?:.*\n)*?Rss: +(\d+) kB/.exec(maps) ?? [];
  return Number(kib) / 1024;
}
