import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bodyBytes, cutText, textBytes } from '../../lambda/api/payload/payload.ts';
import { executionBody } from '../../lambda/api/response.ts';
import type { ErrorReport } from '../../lambda/contract/errors.ts';
import type { Execution, LogEntry } from '../../lambda/contract/execution.ts';
import { execution } from '../support/fake-engine.ts';

const limit = 6_291_556;
const mib = 1024 * 1024;

/** What the Lambda runtime sends: the whole response as JSON, in UTF-8. */
function payloadBytes(body: string): number {
  const headers = { 'content-type': 'application/json', 'x-request-id': 'x'.repeat(128) };
  return Buffer.byteLength(JSON.stringify({ statusCode: 200, headers, body }));
}

/** Texts whose JSON, escaped once more, is as large as can be or hard to cut. */
const texts: readonly (readonly [name: string, unit: string])[] = [
  ['letters', 'a'],
  ['quotes', '"'],
  ['backslashes', '\\'],
  ['newlines', '\n'],
  ['control characters', '\u0001'],
  ['NUL', '\0'],
  ['delete', '\u007f'],
  ['umlauts', 'ü'],
  ['line separators', '\u2028'],
  ['Chinese', '漢'],
  ['emoji', '😀'],
  ['lone high surrogates', '\ud83d'],
  ['lone low surrogates', '\ude00'],
];

function log(message: string, fields: LogEntry['fields'] = null): LogEntry {
  return { level: 'info', message, timestamp: '2026-11-22T07:00:00.000Z', fields };
}

function guestError(over: Partial<ErrorReport>): ErrorReport {
  const none = { code: 'RUNTIME_ERROR', name: 'Error', message: '', stack: null, details: null };
  return { ...none, ...over } as ErrorReport;
}

function bodyOf(over: Partial<Execution>) {
  const text = executionBody(execution(over));
  expect(payloadBytes(text)).toBeLessThan(limit);
  return JSON.parse(text);
}

describe('a response', () => {
  test('is left as it is where it fits', () => {
    const { fetchesRefused, items, resultJson, ...rest } = execution({
      stdout: 'a"\\\n\u0001\ud83d'.repeat(10_000),
    });
    expect(bodyOf({ stdout: rest.stdout })).toEqual({
      status: 'success',
      result: JSON.parse(resultJson),
      ...rest,
    });
  });

  test.each(texts)('fits, and says what is cut, with 8 MiB worth of %s on stdout', (_, unit) => {
    const stdout = unit.repeat((8 * mib) / textBytes(unit));
    const body = bodyOf({ stdout, stderr: 'the end' });
    expect(body.metadata.truncated).toEqual({
      stdout: true,
      stderr: false,
      logs: false,
      files: false,
      error: false,
    });
    expect(body.stderr).toBe('the end');
    expect(stdout.startsWith(body.stdout)).toBe(true);
    expect(body.stdout.length).toBeGreaterThan(800_000);
    expect(body.stdout.length % unit.length).toBe(0);
  });

  test.each(texts)('fits with 2 MiB worth of %s in every text at once', (_, unit) => {
    const text = unit.repeat((2 * mib) / textBytes(unit));
    const body = bodyOf({
      resultJson: JSON.stringify('r'.repeat(mib)),
      stdout: text,
      stderr: text,
      logs: Array.from({ length: 1000 }, () =>
        log(text.slice(0, 2000), { text: text.slice(0, 100) }),
      ),
      files: Array.from({ length: 1000 }, (_, index) => ({
        path: `/${index}${text.slice(0, 100)}`,
        size: 2 * text.length,
        ...(index < 64 && { content: text.slice(0, index * 1000) }),
      })),
      error: guestError({ message: text, stack: text, details: { text } }),
    });
    expect(body.result).toHaveLength(mib);
    for (const cut of [body.stdout, body.stderr, body.error.message, body.error.stack]) {
      expect(cut.length).toBeGreaterThan(10_000);
    }
    expect(body.logs.length).toBeGreaterThan(50);
    expect(body.files.length).toBeGreaterThan(500);
    expect(body.error.code).toBe('RUNTIME_ERROR');
  });

  test('gives to a long text what short ones leave', () => {
    const body = bodyOf({
      stdout: 'x'.repeat(8 * mib),
      stderr: 'y'.repeat(100_000),
      logs: [log('z')],
    });
    expect(body.stderr).toHaveLength(100_000);
    expect(body.logs).toHaveLength(1);
    expect(body.stdout.length).toBeGreaterThan(limit - 100_000 - 8192);
  });

  test('keeps the first log entries, whole', () => {
    const logs = Array.from({ length: 9000 }, (_, index) => log(`${index} ${'"'.repeat(1000)}`));
    const body = bodyOf({ logs });
    expect(body.logs).toEqual(logs.slice(0, body.logs.length));
    expect(body.logs.length).toBeGreaterThan(1000);
    expect(body.metadata.truncated.logs).toBe(true);
  });

  test.each(texts)(
    'fits, and has files by name and size, with 8 MiB worth of %s in one',
    (_, unit) => {
      const content = unit.repeat((8 * mib) / textBytes(unit));
      const files = [
        { path: '/a', size: 5, content: 'small' },
        { path: '/b', size: content.length, content },
        { path: '/c', size: 3, content: { base64: 'AAEC' } },
      ];
      const body = bodyOf({ files, stdout: 'printed' });
      expect(body.files).toEqual([files[0], { path: '/b', size: content.length }, files[2]]);
      expect(body.stdout).toBe('printed');
      expect(body.metadata.truncated).toMatchObject({ files: true, stdout: false });
    },
  );

  test.each(texts)('fits, and has the first files, with names of 4096 of %s', (_, unit) => {
    const name = unit.repeat(4096 / unit.length);
    const files = Array.from({ length: 1600 }, (_, size) => ({ path: `/${size}${name}`, size }));
    const body = bodyOf({ files });
    expect(body.files).toEqual(files.slice(0, body.files.length));
    expect(body.files.length).toBeGreaterThan(200);
    expect(body.metadata.truncated.files).toBe(true);
  });

  test('never has a result without room for it: that is RESULT_TOO_LARGE', () => {
    const body = bodyOf({ resultJson: JSON.stringify('"'.repeat(2 * mib)), stdout: 'printed' });
    expect(body).toMatchObject({ status: 'error', result: null, stdout: 'printed' });
    expect(body.error.code).toBe('RESULT_TOO_LARGE');
  });

  test('counts a lone surrogate that stands unescaped in a result', () => {
    expect(bodyOf({ resultJson: `"${'\ud800'.repeat(2 * mib)}"` }).error.code).toBe(
      'RESULT_TOO_LARGE',
    );
  });

  test('drops details that are out of proportion, and cuts a long name', () => {
    const body = bodyOf({
      stdout: 'x'.repeat(7 * mib),
      error: guestError({
        name: 'N'.repeat(10_000),
        message: 'short',
        details: ['d'.repeat(100_000)],
      }),
    });
    expect(body.error).toEqual(guestError({ name: 'N'.repeat(256), message: 'short' }));
    expect(body.metadata.truncated.error).toBe(true);
  });
});

describe('the cost of a text', () => {
  const anyText = fc.string({
    unit: fc.constantFrom(...texts.map(([, unit]) => unit)),
    maxLength: 200,
  });

  test('is what its JSON, escaped once more, has in bytes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(textBytes(text)).toBe(payloadBytes(JSON.stringify(text)) - payloadBytes('""'));
      }),
    );
  });

  test('bounds every cut, which is the longest that the bound allows', () => {
    fc.assert(
      fc.property(anyText, fc.nat(1000), (text, bound) => {
        const cut = cutText(text, bound);
        expect(text.startsWith(cut)).toBe(true);
        expect(textBytes(cut)).toBeLessThanOrEqual(bound);
        const next = text.slice(0, cut.length + 2);
        if (cut !== text && next.isWellFormed()) expect(textBytes(next)).toBeGreaterThan(bound);
      }),
    );
  });

  test('of every code unit is known exactly', () => {
    const wrong: number[] = [];
    for (let unit = 0; unit <= 0xffff; unit++) {
      const text = String.fromCharCode(unit);
      const cost = textBytes(text);
      if (cutText(text, cost) !== text || cutText(text, cost - 1) !== '') wrong.push(unit);
    }
    expect(wrong).toEqual([]);
    expect(bodyBytes('"')).toBe(2);
  });
});
