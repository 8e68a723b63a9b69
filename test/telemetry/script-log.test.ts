import { describe, expect, test } from '@jest/globals';
import { loadSettings } from '../../lambda/settings/settings.ts';
import { logOutboundRequest, logSandboxFailure } from '../../lambda/telemetry/engine-log.ts';
import { createLogger } from '../../lambda/telemetry/invocation-log.ts';
import { createScriptLog } from '../../lambda/telemetry/telemetry.ts';
import { printedLines } from '../support/printed-lines.ts';

const lines = printedLines();

describe("the function's own log", () => {
  const origin = { requestId: 'request-1', tenant: null, codeHost: 'example.com', sha256: 'ab' };
  const timestamp = '2026-11-22T07:00:00.000Z';

  test('has the entries of scripts where no log group is set, one line each, none as an alarm', async () => {
    const log = createScriptLog(loadSettings({}), {}, createLogger({}));
    await log.write(
      [
        { level: 'debug', message: 'line\nbreak', timestamp, fields: { level: 'ERROR' } },
        { level: 'error', message: '"quoted"', timestamp, fields: null },
      ],
      origin,
    );
    expect(lines).toHaveLength(2);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'app_log',
        request_id: 'request-1',
        script: expect.objectContaining({
          level: 'debug',
          message: 'line\nbreak',
          request_id: 'request-1',
        }),
      }),
      expect.objectContaining({
        level: 'INFO',
        script: expect.objectContaining({ level: 'error', message: '"quoted"' }),
      }),
    ]);
    expect(log.takeDropped()).toBe(0);
  });

  test.each([
    ['a long message', { message: '\u0001'.repeat(262_144), fields: null }],
    ['long fields', { message: 'm', fields: { text: 'ü'.repeat(262_144) } }],
  ])('has no line that Lambda would cut in two: %s', async (_, entry) => {
    const log = createScriptLog(loadSettings({}), {}, createLogger({}));
    await log.write([{ level: 'info', timestamp, ...entry }], origin);
    const [line = ''] = lines;
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(262_144);
    const { script } = JSON.parse(line);
    expect(script).toMatchObject({ request_id: 'request-1', truncated: true, fields: null });
    expect(entry.message.startsWith(script.message) && script.message !== '').toBe(true);
  });

  test('has each outbound request and each failure of a sandbox', () => {
    const logger = createLogger({});
    logOutboundRequest(logger, {
      runId: 'request-1',
      purpose: 'fetch',
      method: 'GET',
      scheme: 'http',
      host: '169.254.169.254',
      port: 80,
      address: '169.254.169.254',
      outcome: 'refused',
      status: null,
      bytesSent: 0,
      bytesReceived: 0,
      durationMs: 0.12345,
      hasCredential: false,
      rule: 'address',
      failure: 'not-allowed',
    });
    logSandboxFailure(logger, {
      duringRun: true,
      requestId: 'request-1',
      signal: 'SIGKILL',
      code: null,
      stderr: 'FATAL',
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'outbound_request',
        request_id: 'request-1',
        host: '169.254.169.254',
        outcome: 'refused',
        duration_ms: 0.123,
      }),
      expect.objectContaining({
        level: 'WARN',
        message: 'sandbox_failure',
        request_id: 'request-1',
        during_run: true,
        signal: 'SIGKILL',
        stderr: 'FATAL',
      }),
    ]);
  });
});
