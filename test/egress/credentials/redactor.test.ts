/** What is found of a secret in an answer. */

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Redaction } from '../../../lambda/egress/credentials/redactor.ts';

const secret = 'sk_live/4+2=ok&"q';

describe('an answer that echoes a secret', () => {
  const value = `Bearer ${secret}`;
  const redaction = new Redaction([secret, value]);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  const echoes: readonly (readonly [string, string])[] = [
    ['as it is', secret],
    ['formatted', value],
    ['in capitals', value.toUpperCase()],
    ['in hex in capitals', Buffer.from(secret).toString('hex').toUpperCase()],
    ['as JSON', JSON.stringify({ authorization: value })],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL in lower case', encodeURIComponent(secret).toLowerCase()],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['in HTML', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ...['', 'a', 'ab', 'abc', 'user:'].map(
      (before) => [`in base64 behind ${before}`, base64(before + secret)] as const,
    ),
    ['in base64url', Buffer.from(`xy${value}z`).toString('base64url')],
    ['twice', `${secret}${secret}`],
    ['behind its own beginning', `${secret.slice(0, 9)}${secret}`],
  ];

  test.each(echoes)('%s, cut anywhere, has it no more', (_, echo) => {
    const text = `before ${echo} after`;
    const bytes = Buffer.from(text);
    const whole = redaction.text(text);
    expect(whole).toContain('[redacted]');
    expect(whole.startsWith('before ') && whole.endsWith(' after')).toBe(true);
    for (const part of [secret, Buffer.from(secret).toString('hex'), base64(secret).slice(0, 16)]) {
      expect(whole).not.toContain(part);
    }
    for (const size of [1, 2, 5, 7, 16, 64]) {
      const stream = redaction.stream();
      const parts: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        parts.push(stream.push(bytes.subarray(at, at + size)));
      }
      parts.push(stream.end());
      expect(Buffer.concat(parts).toString()).toBe(whole);
    }
  });

  test('leaves all other bytes as they are', () => {
    const bytes = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251)));
    const stream = redaction.stream();
    const parts = [
      stream.push(bytes.subarray(0, 100)),
      stream.push(bytes.subarray(100)),
      stream.end(),
    ];
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect(redaction.text(secret.slice(0, -1))).toBe(secret.slice(0, -1));
  });

  test('gives each line at once, and of what has no line end all but a little', () => {
    const stream = redaction.stream();
    expect(stream.push(Buffer.from('data: 1\n\n')).toString()).toBe('data: 1\n\n');
    const long = 'x'.repeat(10_000);
    const given = stream.push(Buffer.from(long)).toString();
    expect(given.length).toBeGreaterThan(9000);
    expect(given + stream.end()).toBe(long);
  });

  test('comes no later where it begins with a guess that is right', () => {
    const given = (guess: string): number[] => {
      const stream = redaction.stream();
      return ['a line\n', `x ${guess}`, ' y', '\n', guess, guess].map(
        (piece) => stream.push(Buffer.from(piece)).length,
      );
    };
    for (const right of [secret, value, base64(secret), encodeURIComponent(secret)]) {
      for (let length = 1; length < 8; length += 1) {
        expect(given(right.slice(0, length))).toEqual(given('~'.repeat(length)));
      }
    }
  });

  test('costs little more where it has much of how the secret begins', () => {
    const cost = (text: string): number => {
      const body = Buffer.from(text.repeat(200_000 / text.length));
      const times = [1, 2, 3].map(() => {
        const stream = redaction.stream();
        const started = performance.now();
        stream.push(body);
        stream.end();
        return performance.now() - started;
      });
      return Math.min(...times);
    };
    const plain = cost('~');
    for (const text of [secret.slice(0, 1), '%', `%${secret.charCodeAt(0).toString(16)}`]) {
      expect(cost(text)).toBeLessThan(plain * 60);
    }
  });
});

describe('a secret with characters that servers escape', () => {
  const secret = 'p\'a!s+w/o=r<d>~(1)*\\&"%25 z';
  const redaction = new Redaction([secret, `Bearer ${secret}`]);
  const escaped = (unsafe: RegExp, spell: (code: number) => string): string =>
    secret.replace(unsafe, (character) => spell(character.charCodeAt(0)));
  const hex = (code: number): string => code.toString(16).padStart(2, '0');
  const every = /./g;
  const special = /[^0-9A-Za-z]/g;

  test.each([
    ['as it is', secret],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL, with all that RFC 3986 reserves', escaped(special, (code) => `%${hex(code)}`)],
    ['in a URL, each character', escaped(every, (code) => `%${hex(code).toUpperCase()}`)],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['in JSON', JSON.stringify({ secret })],
    ['in JSON, safe for HTML', escaped(/["&'+<>\\]/g, (code) => `\\u00${hex(code).toUpperCase()}`)],
    ['in JSON, each character', escaped(every, (code) => `\\u00${hex(code)}`)],
    ['in JavaScript', escaped(special, (code) => `\\x${hex(code)}`)],
    ['in HTML, by decimal numbers', escaped(/["&'+<>]/g, (code) => `&#${code};`)],
    ['in HTML, by decimal numbers of three digits', escaped(/'/g, (code) => `&#0${code};`)],
    ['in HTML, by hexadecimal numbers', escaped(special, (code) => `&#x${hex(code)};`)],
    [
      'in HTML, by names',
      secret
        .replaceAll('&', '&amp;')
        .replaceAll("'", '&apos;')
        .replaceAll('"', '&quot;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;'),
    ],
    ['in base64 in a URL', encodeURIComponent(Buffer.from(`xx${secret}xx`).toString('base64'))],
    [
      'in base64 in JSON',
      Buffer.from(`x${secret}xx`)
        .toString('base64')
        .replaceAll('/', '\\/')
        .replaceAll('+', '\\u002B'),
    ],
  ])('is found %s, cut anywhere', (_, echo) => {
    for (const size of [1, 3, 1000]) {
      const stream = redaction.stream();
      const parts = (`before ${echo} after`.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).map(
        (piece) => stream.push(Buffer.from(piece)),
      );
      const shown = Buffer.concat([...parts, stream.end()]).toString();
      expect(shown).toMatch(/^before .{0,11}\[redacted\].{0,10} after$/);
    }
  });

  test('is not found in what is only like it', () => {
    const texts = [
      secret.slice(1),
      secret.replace('%25', '%'),
      `${secret.slice(0, -1)}%7`,
      '%',
      '\\u00',
    ];
    for (const text of texts) expect(redaction.text(text)).toBe(text);
  });
});
