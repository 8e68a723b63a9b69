import { describe, expect, test } from '@jest/globals';
import { describeFailure, hostOf, withoutSecrets } from '../../lambda/telemetry/redaction.ts';

describe('a text in the log', () => {
  test.each([
    ['get https://user:pw@example.com/a?token=x#y now', 'get https://example.com/a now'],
    ['"http://example.com?x=1"', '"http://example.com"'],
    ['https://a.b/c?d=1 and https://e.f/g#h', 'https://a.b/c and https://e.f/g'],
    ['HTTPS://User@Example.com/A?B', 'HTTPS://Example.com/A'],
    ['https://a@b@example.com/?q', 'https://example.com/'],
    ['what? no # url', 'what? no # url'],
  ])('loses credentials, query and fragment of its URLs: %s', (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });
});

test('a URL stands in the log as its host', () => {
  expect(hostOf('https://user:pw@example.com:8443/a?b')).toBe('example.com:8443');
  expect(hostOf('nonsense')).toBeNull();
  expect(hostOf(null)).toBeNull();
});

describe('a failure in the log', () => {
  test('has its causes, and their codes', () => {
    const cause = Object.assign(new Error('connect https://u:p@h/?k'), { code: 'ECONNREFUSED' });
    expect(describeFailure(new TypeError('failed', { cause }))).toMatchObject({
      name: 'TypeError',
      message: 'failed',
      cause: { message: 'connect https://h/', code: 'ECONNREFUSED', cause: null },
    });
  });

  test.each([
    [undefined],
    [null],
    ['text'],
    [Symbol('s')],
    [Object.create(null)],
    [{ toString: null }],
  ])('may be anything that can be thrown: %#', (thrown) => {
    expect(describeFailure(thrown).stack).toBeNull();
  });

  test('that causes itself ends, and is of bounded size', () => {
    const error = new Error('x'.repeat(1_000_000));
    error.cause = error;
    expect(JSON.stringify(describeFailure(error)).length).toBeLessThan(200_000);
  });
});
