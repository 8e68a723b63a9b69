/** The dashboard and the alarms of the stack, and the metrics that the artefact writes when it is deployed. */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import { createImage, type Environment, startEnvironment } from '../support/lambda/environment.ts';
import { executeEvent } from '../support/lambda/event.ts';
import { listenOnLoopback } from '../support/servers/loopback.ts';
import { startSecretsManager } from '../support/servers/secrets-manager.ts';
import { synthesize } from '../support/synthesis.ts';
import { until } from '../support/until.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:api-AbCdEf';
const secret = 'sk_live_0123456789';
/** Shorter code is compiled as fast as it is found again. */
const longCode = `export default () => '${'x'.repeat(300)}';`;
const { code, handler, variables } = synthesizeArtefact();
const undo: (() => unknown)[] = [];
const askedFor: (string | undefined)[] = [];
let origin: string;
let environment: Environment;

beforeAll(async () => {
  // A server of code, an API that echoes what it is sent, and a log that takes nothing.
  const server = createServer(async (incoming, outgoing) => {
    await text(incoming);
    askedFor.push(incoming.url);
    if (incoming.url === '/hangs') return;
    if (incoming.headers['x-amz-target'] === undefined) {
      const echo = `${incoming.headers.authorization} from ${incoming.url}`;
      outgoing.setHeader('content-type', 'text/javascript');
      outgoing.end(incoming.url === '/code.js' ? longCode : echo);
      return;
    }
    const type = { 'content-type': 'application/x-amz-json-1.1' };
    const isPut = String(incoming.headers['x-amz-target']).endsWith('PutLogEvents');
    outgoing.writeHead(isPut ? 400 : 200, type);
    outgoing.end(JSON.stringify(isPut ? { __type: 'InvalidParameterException' } : {}));
  });
  const { port, close } = await listenOnLoopback(server);
  origin = `http://127.0.0.1:${port}`;
  const secretsManager = await startSecretsManager();
  secretsManager.secrets.set(arn, secret);
  const image = await createImage(code);
  const credential = { header: 'authorization', format: 'Bearer {}' };
  environment = await startEnvironment(image, {
    ...variables,
    _HANDLER: handler,
    ENGINE_TRUSTED_ORIGINS: origin,
    ENGINE_CREDENTIALS: JSON.stringify([
      { ...credential, match: `${origin}/v1/*`, secret: arn },
      { ...credential, match: `${origin}/v2/*`, secret: arn.replace('api', 'none') },
    ]),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: origin,
  });
  undo.push(() => environment.shutDown(), image.remove, close, secretsManager.close);
});
afterAll(async () => {
  for (const step of undo) await step();
});

async function run(request: object, accept = 'application/json', where = environment) {
  const event = executeEvent({ ...request });
  const reply = await where.invoke({ ...event, headers: { ...event.headers, accept } });
  if (reply.kind !== 'stream') throw new Error(JSON.stringify(reply));
  const answer = await text(reply.body);
  return reply.headers['content-type'] === 'application/json' ? JSON.parse(answer) : answer;
}

test('a secret of Secrets Manager goes with a request, and the script sees none of it', async () => {
  const source = `(await fetch('${origin}/v1/x')).text()`;
  expect(await run({ code: source })).toMatchObject({ result: '[redacted] from /v1/x' });
});

test('all that dashboard and alarms show is written, of executions that have it', async () => {
  for (let count = 0; count < 3; count++) await run({ url: `${origin}/code.js` });
  await run({ code: `console.log('x')` }, 'text/event-stream');
  await run({ code: `app_log('info', 'lost')` });
  const refused = `fetch('${origin}/v1/x', { headers: { authorization: 'mine' } })`;
  expect(await run({ code: refused })).toMatchObject({
    error: { message: expect.stringContaining('authorization') },
  });
  await run({ code: `fetch('${origin}/v2/x')` });
  const dying = run({ code: `fetch('${origin}/hangs')`, limits: { timeoutMs: 20_000 } });
  await until(() => askedFor.includes('/hangs'));
  const [runtime] = environment.processes();
  for (const pid of environment.processes()) if (pid !== runtime) process.kill(pid, 'SIGKILL');
  const crashed = await dying;
  expect(crashed).toMatchObject({ error: { code: 'SANDBOX_CRASHED' } });
  const executions = await metricsUntil(crashed, environment);

  const broken = mkdtempSync(join(tmpdir(), 'broken-'));
  cpSync(code, broken, { recursive: true });
  writeFileSync(join(broken, 'guest/guest.mjs'), 'process.exit(3);');
  const image = await createImage(broken);
  const down = await startEnvironment(image, { ...variables, _HANDLER: handler });
  undo.push(image.remove, () => rmSync(broken, { recursive: true }));
  const refusal = await run({ code: '1' }, 'application/json', down);
  const written = [...executions, ...(await metricsUntil(refusal, down))];
  await down.shutDown();

  const { template } = synthesize({});
  const shown = metricsOn(template.findResources('AWS::CloudWatch::Dashboard'));
  const watched = metricsOn(template.findResources('AWS::CloudWatch::Alarm'));
  expect(shown).toEqual(
    expect.arrayContaining(['StreamTime', 'CredentialsRefused', 'KeptCodeBytes']),
  );
  expect(watched).toContain('SandboxStartsFailed');
  const missing = [...shown, ...watched].filter(
    (name) => !written.some((line) => Number(line[name]) > 0),
  );
  expect(missing).toEqual([]);
  // What nobody sees is paid for, too.
  const all = new Set(written.flatMap((line) => declared(line).map(({ Name }) => Name)));
  expect([...all].filter((name) => !shown.includes(name))).toEqual([]);
});

interface Answer {
  readonly metadata: { readonly requestId: string };
}

/** Lines in CloudWatch's embedded metric format, up to that of the execution with this answer. */
async function metricsUntil(
  { metadata }: Answer,
  { log }: Environment,
): Promise<Record<string, unknown>[]> {
  const written = () => log.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
  await until(() => written().some(({ request_id }) => request_id === metadata.requestId));
  return written();
}

function declared(line: Record<string, unknown>): readonly { readonly Name: string }[] {
  const { CloudWatchMetrics } = line._aws as {
    readonly CloudWatchMetrics: readonly {
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  return CloudWatchMetrics.flatMap(({ Metrics }) => Metrics);
}

/** Names of the engine's metrics that are in the widgets of a dashboard, or in an alarm. */
function metricsOn(resources: object): readonly string[] {
  const json = JSON.stringify(resources).replaceAll('\\', '');
  const names = json.matchAll(
    /"ScriptEngine","(\w+)"|MetricName="(\w+)|"MetricName":"(\w+)","Namespace":"ScriptEngine"/g,
  );
  return [
    ...new Set([...names].map(([, plain, found, watched]) => plain ?? found ?? watched ?? '')),
  ];
}
