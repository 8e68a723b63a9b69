import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { answerOf } from '../support/lambda/answer.ts';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import { emptyFunction } from '../support/lambda/empty-function.ts';
import { createImage, type Image, startEnvironment } from '../support/lambda/environment.ts';
import { executeEvent } from '../support/lambda/event.ts';
import { startOrigin } from '../support/servers/examples-origin.ts';

const rounds = 5;
const undo: (() => unknown)[] = [];
afterAll(async () => {
  for (const step of undo) await step();
});

interface ColdStart {
  /** From process start to the first request for an invocation. */
  readonly initMs: number;
  /** From process start to the answer of the first invocation. */
  readonly firstAnswerMs: number;
}

test('a cold start costs a small multiple of that of an empty function', async () => {
  const { code, handler, variables } = synthesizeArtefact();
  const empty = emptyFunction();
  const images = { empty: await createImage(empty.folder), engine: await createImage(code) };
  undo.push(images.empty.remove, images.engine.remove, empty.remove);
  const origin = await startOrigin();
  undo.push(origin.close);
  const settings = {
    ...variables,
    _HANDLER: handler,
    ENGINE_TRUSTED_ORIGINS: origin.url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: origin.url,
  };
  const event = executeEvent({ url: `${origin.url}/examples/hello.js` });

  // In turns, so that whatever else the machine does bears on both alike.
  const starts: Record<keyof typeof images, ColdStart[]> = { empty: [], engine: [] };
  for (let round = 0; round < rounds; round++) {
    starts.empty.push(await coldStart(images.empty, { _HANDLER: handler }, event));
    starts.engine.push(await coldStart(images.engine, settings, event));
  }

  const ratios = (['initMs', 'firstAnswerMs'] as const).map((figure) => {
    const [floor, engine] = [median(starts.empty, figure), median(starts.engine, figure)];
    const ratio = engine / floor;
    process.stdout.write(
      `cold start, ${figure}: empty ${floor.toFixed(0)}, engine ${engine.toFixed(0)}, ` +
        `ratio ${ratio.toFixed(2)} (median of ${rounds})\n`,
    );
    return ratio;
  });
  expect(Math.max(...ratios)).toBeLessThan(maxRatio);
}, 300_000);

test('the handler that streams loads no more of Node.js than the one that does not', () => {
  const { code } = synthesizeArtefact();
  const loaded = (file: string): readonly string[] => {
    const script = `
      globalThis.awslambda = { streamifyResponse: (handler) => handler };
      await import(${JSON.stringify(join(code, file))});
      console.log(JSON.stringify(process.moduleLoadList));
      process.exit();`;
    const env = { AWS_LAMBDA_FUNCTION_NAME: 'engine' };
    const args = ['--input-type=module', '--eval', script];
    return JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' }));
  };
  const whole = loaded('handler.mjs');
  expect(whole.length).toBeGreaterThan(100);
  expect(loaded('stream.mjs').filter((part) => !whole.includes(part))).toEqual([]);
});

/** Far above what is measured, which machines and their load move; a lost order of magnitude shows. */
const maxRatio = 10;

async function coldStart(
  image: Image,
  settings: Readonly<Record<string, string>>,
  event: unknown,
): Promise<ColdStart> {
  const environment = await startEnvironment(image, settings);
  try {
    const begin = performance.now();
    const answer = await answerOf(await environment.invoke(event));
    expect(answer.statusCode).toBe(200);
    return {
      initMs: environment.initMs,
      firstAnswerMs: environment.initMs + performance.now() - begin,
    };
  } finally {
    await environment.shutDown();
  }
}

function median(starts: readonly ColdStart[], figure: keyof ColdStart): number {
  const sorted = starts.map((start) => start[figure]).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
