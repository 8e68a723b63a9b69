import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { LogEntry } from '../../lambda/contract/execution.ts';
import { cloudWatchScriptLog } from '../../lambda/telemetry/cloudwatch-script-log.ts';
import { createLogger } from '../../lambda/telemetry/invocation-log.ts';
import {
  type Answer,
  type CloudWatchCall,
  cloudWatchServer,
  refused,
  taken,
} from '../support/servers/cloudwatch-server.ts';

const origin = {
  requestId: 'request-1',
  tenant: 'tenant-1',
  codeHost: 'example.com',
  sha256: 'ab',
};
const stream = '2026/11/22/[$LATEST]0123456789abcdef';
const variables = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

let server: Awaited<ReturnType<typeof cloudWatchServer>>;
/** How the next calls are answered, in turn; the last one for ever. */
let answers: Answer[];
const environment = { ...process.env };

beforeEach(async () => {
  answers = [taken];
  server = await cloudWatchServer(
    () => (answers.length > 1 ? answers.shift() : answers[0]) ?? taken,
  );
  Object.assign(process.env, variables, { AWS_ENDPOINT_URL: server.endpoint });
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = { ...environment };
  await server.close();
});

function entry(message: string, over: Partial<LogEntry> = {}): LogEntry {
  return { level: 'info', message, timestamp: '2026-11-22T07:00:00.000Z', fields: null, ...over };
}

function entries(count: number, size = 0): LogEntry[] {
  return Array.from({ length: count }, (_, index) => entry(`${index}${'x'.repeat(size)}`));
}

function scriptLog(options: { maxWaitMs?: number; pauseMs?: number } = {}) {
  return cloudWatchScriptLog('/scripts', {
    logger: createLogger({}),
    stream,
    maxWaitMs: 10_000,
    ...options,
  });
}

function operations(): string[] {
  return server.calls.map(({ operation }) => operation);
}

function batches(): CloudWatchCall['input'][] {
  return server.calls.flatMap(({ operation, input }) =>
    operation === 'PutLogEvents' ? [input] : [],
  );
}

describe('the script log in CloudWatch', () => {
  test("takes entries in order, in the environment's own stream, with whose they are", async () => {
    const log = scriptLog();
    const before = Date.now();
    await log.write([entry('one', { fields: { n: 1 } }), entry('two', { level: 'error' })], origin);
    await log.write([entry('three')], { ...origin, requestId: 'request-2' });
    expect(operations()).toEqual(['CreateLogStream', 'PutLogEvents', 'PutLogEvents']);
    expect(server.calls[0]?.input).toEqual({ logGroupName: '/scripts', logStreamName: stream });
    const events = batches().flatMap(({ logEvents }) => logEvents ?? []);
    expect(events.map(({ message }) => JSON.parse(message))).toEqual([
      expect.objectContaining({
        message: 'one',
        fields: { n: 1 },
        level: 'info',
        request_id: 'request-1',
      }),
      expect.objectContaining({ message: 'two', level: 'error', tenant: 'tenant-1', sha256: 'ab' }),
      expect.objectContaining({
        message: 'three',
        request_id: 'request-2',
        code_host: 'example.com',
      }),
    ]);
    for (const { timestamp } of events) expect(timestamp).toBeGreaterThanOrEqual(before);
    expect(log.takeDropped()).toBe(0);
  });

  test('uses a stream that is there already', async () => {
    answers = [refused('ResourceAlreadyExistsException'), taken];
    await scriptLog().write([entry('one')], origin);
    expect(operations()).toEqual(['CreateLogStream', 'PutLogEvents']);
  });

  test('has a stream of its own outside Lambda', async () => {
    const log = cloudWatchScriptLog('/scripts', { logger: createLogger({}), maxWaitMs: 10_000 });
    await log.write([entry('one')], origin);
    expect(server.calls[0]?.input.logStreamName).toMatch(/^local\/[0-9a-f-]{36}$/);
  });

  test('sends thousands of entries, all in order', async () => {
    await scriptLog({ maxWaitMs: 10_000 }).write(entries(10_001), origin);
    expect(batches().length).toBeLessThan(4);
    expect(server.messages()).toEqual(entries(10_001).map(({ message }) => message));
  });

  test('sends batches of no more than 1 MiB, 26 bytes added to each entry', async () => {
    await scriptLog({ maxWaitMs: 10_000 }).write(entries(30, 100_000), origin);
    expect(batches().length).toBeGreaterThan(2);
    for (const { logEvents = [] } of batches()) {
      const bytes = logEvents.map(({ message }) => Buffer.byteLength(message) + 26);
      expect(bytes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(1_048_576);
    }
    expect(server.messages()).toHaveLength(30);
  });

  test('cuts an entry that is too large, and says so', async () => {
    await scriptLog().write([entry('\u0001'.repeat(1_000_000), { fields: { a: 1 } })], origin);
    const message = batches()[0]?.logEvents?.[0]?.message ?? '';
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(262_144);
    expect(JSON.parse(message)).toMatchObject({
      truncated: true,
      fields: null,
      request_id: 'request-1',
    });
  });

  test.each<readonly [string, Answer]>([
    ['throttled', refused('ThrottlingException')],
    ['unavailable', refused('ServiceUnavailableException', 503)],
    ['disconnected', 'reset'],
  ])('tries again where it is %s', async (_, trouble) => {
    answers = [taken, trouble, trouble, taken];
    const log = scriptLog({ maxWaitMs: 10_000 });
    await log.write(entries(3), origin);
    expect(operations()).toEqual(['CreateLogStream', ...Array(3).fill('PutLogEvents')]);
    expect(batches().at(-1)?.logEvents).toHaveLength(3);
    expect(log.takeDropped()).toBe(0);
  });

  test.each<readonly [string, Answer]>([
    ['answers nothing', 'hang'],
    ['is throttled for long', refused('ThrottlingException')],
  ])(
    'holds a caller no longer than the bound where CloudWatch %s; nothing is lost',
    async (_, trouble) => {
      answers = [taken, trouble];
      const log = scriptLog({ maxWaitMs: 1000, pauseMs: 0 });
      const start = performance.now();
      await log.write(entries(2), origin);
      expect(performance.now() - start).toBeLessThan(8000);
      expect(log.takeDropped()).toBe(0);
      answers = [taken];
      await log.write([entry('later')], origin);
      expect(
        batches()
          .at(-1)
          ?.logEvents?.map(({ message }) => JSON.parse(message).message),
      ).toEqual(['0', '1', 'later']);
    },
  );

  test('does not ask again at once after a failure', async () => {
    answers = [refused('AccessDeniedException')];
    const log = scriptLog({ pauseMs: 60_000 });
    await log.write(entries(2), origin);
    await log.write(entries(2), origin);
    expect(operations()).toEqual(['CreateLogStream']);
  });

  test('makes its stream anew where somebody removed it', async () => {
    const log = scriptLog({ pauseMs: 0 });
    await log.write([entry('one')], origin);
    answers = [refused('ResourceNotFoundException'), taken];
    await log.write([entry('two')], origin);
    await log.write([entry('three')], origin);
    expect(operations().slice(2)).toEqual(['PutLogEvents', 'CreateLogStream', 'PutLogEvents']);
    expect(batches().at(-1)?.logEvents).toHaveLength(2);
  });

  test('without its group keeps what fits into memory, drops the oldest and counts them', async () => {
    answers = [refused('ResourceNotFoundException')];
    const log = scriptLog({ pauseMs: 0 });
    for (let run = 0; run < 5; run++) await log.write(entries(10, 100_000), origin);
    const dropped = log.takeDropped();
    expect(dropped).toBeGreaterThan(5);
    expect(dropped).toBeLessThan(15);
    expect(log.takeDropped()).toBe(0);
    answers = [taken];
    await log.write([entry('back')], origin);
    expect(server.messages()).toHaveLength(51 - dropped);
    expect(server.messages().at(-1)).toBe('back');
  });

  test('drops and counts a batch that CloudWatch calls invalid, and goes on', async () => {
    answers = [taken, refused('InvalidParameterException'), taken];
    const log = scriptLog();
    await log.write(entries(2), origin);
    await log.write([entry('next')], origin);
    expect(log.takeDropped()).toBe(2);
    expect(server.messages().at(-1)).toBe('next');
  });

  test('counts the entries that CloudWatch took but rejected', async () => {
    const rejectedLogEventsInfo = { tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 9 };
    answers = [taken, { status: 200, body: { rejectedLogEventsInfo } }];
    const log = scriptLog();
    await log.write(entries(10), origin);
    expect(log.takeDropped()).toBe(3);
  });

  test('takes the entries of executions at the same time, none lost, none twice', async () => {
    const log = scriptLog({ maxWaitMs: 10_000 });
    const runs = Array.from({ length: 20 }, (_, run) =>
      log.write([entry(`${run} first`), entry(`${run} second`)], origin),
    );
    await Promise.all(runs);
    const messages = server.messages();
    expect(new Set(messages).size).toBe(40);
    expect(messages).toHaveLength(40);
    for (let run = 0; run < 20; run++) {
      expect(messages.indexOf(`${run} second`)).toBe(messages.indexOf(`${run} first`) + 1);
    }
  });
});
