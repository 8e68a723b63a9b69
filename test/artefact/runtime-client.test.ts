import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import {
  createImage,
  type Environment,
  type Image,
  startEnvironment,
} from '../support/lambda/environment.ts';
import { executeEvent } from '../support/lambda/event.ts';
import { runtimeClientFiles } from '../support/lambda/runtime-client.ts';
import { type Origin, startOrigin } from '../support/servers/examples-origin.ts';

const described = runtimeClientFiles === null ? describe.skip : describe;

described("the artefact under AWS's own runtime client", () => {
  const { code, variables } = synthesizeArtefact();
  let image: Image;
  let origin: Origin;

  beforeAll(async () => {
    origin = await startOrigin();
    image = await createImage(code, runtimeClientFiles ?? []);
  });
  afterAll(async () => {
    await image.remove();
    await origin.close();
  });

  const start = (settings: Readonly<Record<string, string>> = {}) =>
    startEnvironment(image, {
      ...variables,
      ENGINE_TRUSTED_ORIGINS: origin.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: origin.url,
      ...settings,
    });

  async function execute(environment: Environment, request: Readonly<Record<string, unknown>>) {
    const reply = await environment.invoke(executeEvent(request));
    if (reply.kind !== 'response') throw new Error(JSON.stringify(reply));
    return JSON.parse((reply.payload as { readonly body: string }).body);
  }

  test('answers two hundred requests, with freezes between them, from the same sandbox', async () => {
    const environment = await start();
    const processes = environment.processes();
    for (let index = 0; index < 200; index++) {
      if (index % 50 === 25) await environment.freeze(200);
      const answer = await execute(
        environment,
        index % 2 === 0
          ? { code: `console.log("run"); ${index} * 2` }
          : { url: `${origin.url}/examples/greet.mjs`, input: { name: `Ada ${index}` } },
      );
      expect(answer).toMatchObject(
        index % 2 === 0 ? { result: index * 2, stdout: 'run\n' } : { status: 'success' },
      );
    }
    expect(environment.processes()).toEqual(processes);
    expect(await environment.shutDown()).toEqual([]);
  });

  test('what a script logs is in the script log, as a user without a home', async () => {
    const environment = await start();
    const { metadata } = await execute(environment, { url: `${origin.url}/examples/log.js` });
    const ids = origin.logEvents.map(({ message }) => JSON.parse(message).request_id);
    expect(ids.filter((id) => id === metadata.requestId)).toHaveLength(3);
    expect(await environment.shutDown()).toEqual([]);
  });

  test.each([
    ['at rest', '1 + 1'],
    ['in the middle of a run', 'for (;;);'],
  ])('ends at SIGTERM %s, and leaves no process behind', async (_, source) => {
    const environment = await start();
    const answer = execute(environment, { code: source }).catch((error: Error) => error.message);
    if (source === '1 + 1') await answer;
    expect(await environment.shutDown()).toEqual([]);
  });

  test('reports which setting keeps it from starting', async () => {
    const environment = await start({ ENGINE_TIMEOUT_MS: 'soon' });
    expect(environment.started).toMatchObject({
      kind: 'error',
      errorMessage: expect.stringContaining('ENGINE_TIMEOUT_MS'),
    });
    await environment.shutDown();
  });
});
