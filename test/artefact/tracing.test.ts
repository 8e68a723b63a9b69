/** The artefact with a layer of OpenTelemetry: what is traced, and that sandboxes know nothing of it. */

import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { openTelemetryVariables } from '../../infra/operators/open-telemetry.ts';
import { answerOf } from '../support/lambda/answer.ts';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import {
  createImage,
  type Environment,
  type Image,
  startEnvironment,
} from '../support/lambda/environment.ts';
import { executeEvent } from '../support/lambda/event.ts';
import { type Origin, startOrigin } from '../support/servers/examples-origin.ts';
import { until } from '../support/until.ts';

/** What a layer does before the runtime starts: OpenTelemetry's SDK, with spans on stdout. */
const layer = `
  import { trace } from '@opentelemetry/api';
  import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
  const print = ({ name, attributes }) => console.log(JSON.stringify({ span: name, attributes }));
  const exporter = { export: (spans, done) => (spans.forEach(print), done({ code: 0 })), shutdown: async () => {} };
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );`;
const { code, handler, variables } = synthesizeArtefact();
let image: Image;
let origin: Origin;
let environment: Environment;

beforeAll(async () => {
  origin = await startOrigin();
  image = await createImage(code);
  const outfile = join(image.root, 'opt.cjs');
  chmodSync(image.root, 0o755);
  await build({
    stdin: { contents: layer, resolveDir: join(import.meta.dirname, '../..') },
    outfile,
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
  });
  environment = await startEnvironment(image, {
    ...variables,
    ...openTelemetryVariables,
    NODE_OPTIONS: `--require ${outfile}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret',
    _HANDLER: handler,
    ENGINE_TRUSTED_ORIGINS: origin.url,
  });
});
afterAll(async () => {
  await environment.shutDown();
  await image.remove();
  await origin.close();
});

const run = async (request: object) =>
  JSON.parse((await answerOf(await environment.invoke(executeEvent({ ...request })))).body);

test('a run has its spans in the trace of the layer', async () => {
  const { metadata } = await run({ url: `${origin.url}/examples/hello.js` });
  const spans = () =>
    environment.log.filter((line) => line.startsWith('{"span"')).map((line) => JSON.parse(line));
  await until(() => spans().length === 2);
  expect(spans()).toMatchObject([
    { span: 'download', attributes: { 'script_engine.sha256': metadata.sha256 } },
    { span: 'run', attributes: { 'script_engine.request_id': metadata.requestId } },
  ]);
});

test('a sandbox gets nothing of the environment of the layer, and does not load it', async () => {
  await run({ code: '1' });
  const [runtime, ...sandboxes] = environment.processes();
  const environmentOf = (pid = 0) => readFileSync(`/proc/${pid}/environ`, 'utf8');
  expect(environmentOf(runtime)).toContain('OTEL_EXPORTER_OTLP_HEADERS=');
  expect(sandboxes.length).toBeGreaterThan(0);
  for (const pid of sandboxes) {
    const names = environmentOf(pid)
      .split('\0')
      .map((entry) => entry.split('=')[0]);
    expect(names).toEqual(['MALLOC_ARENA_MAX', 'MALLOC_TRIM_THRESHOLD_', '']);
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toMatch(/opt\.cjs|--require/);
  }
});
