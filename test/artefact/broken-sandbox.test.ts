import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import {
  createImage,
  type Environment,
  type Image,
  startEnvironment,
} from '../support/lambda/environment.ts';
import { executeEvent, readEvent } from '../support/lambda/event.ts';
import { until } from '../support/until.ts';

const { code, variables } = synthesizeArtefact();
const broken = mkdtempSync(join(tmpdir(), 'broken-'));
let image: Image;
let environment: Environment;

beforeAll(async () => {
  cpSync(code, broken, { recursive: true });
  writeFileSync(join(broken, 'guest/guest.mjs'), 'process.exit(3);');
  image = await createImage(broken);
  environment = await startEnvironment(image, variables);
});
afterAll(async () => {
  await environment.shutDown();
  await image.remove();
  rmSync(broken, { recursive: true });
});

async function invoke(event: unknown) {
  const reply = await environment.invoke(event);
  if (reply.kind !== 'response') throw new Error(JSON.stringify(reply));
  const { statusCode, headers, body } = reply.payload as {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  return { statusCode, headers, ...JSON.parse(body) };
}

describe('an environment in which no sandbox starts', () => {
  test('answers 503 at once, and says so in its health, its metrics and its log', async () => {
    const event = executeEvent({ code: '1 + 1' });
    await invoke(event);
    const begin = performance.now();
    expect(await invoke(event)).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '1' },
      error: { code: 'OVERLOADED', message: expect.stringContaining('No sandbox starts') },
    });
    // The patience of a run is 23 seconds.
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(await invoke(readEvent('health-rest.json'))).toMatchObject({
      statusCode: 503,
      status: 'degraded',
    });

    const lines = () => environment.log.map((line) => JSON.parse(line));
    const counted = () => lines().findLast((line) => 'SandboxStartsFailed' in line);
    await until(() => Number(counted()?.SandboxStartsFailed) >= 3);
    expect(lines().find(({ message }) => message === 'sandbox_failure')).toMatchObject({
      level: 'WARN',
      exit_code: 3,
      during_run: false,
    });
    expect(counted()).toMatchObject({ outcome: 'failed' });
  });
});
