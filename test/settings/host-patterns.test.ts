import { describe, expect, test } from '@jest/globals';
import { createPolicy } from '../../lambda/egress/policy/policy.ts';
import { compileHostPatterns } from '../../lambda/settings/host-patterns.ts';

const hostOf = (url: string) => new URL(url).hostname;

describe('a host pattern', () => {
  test.each([
    ['*', 'http://anything.test/', true],
    ['api.example.com', 'http://api.example.com/', true],
    ['api.example.com', 'http://API.Example.COM/', true],
    ['API.Example.COM', 'http://api.example.com/', true],
    ['api.example.com', 'http://api.example.com./', true],
    ['api.example.com.', 'http://api.example.com/', true],
    ['api.example.com', 'http://www.api.example.com/', false],
    ['api.example.com', 'http://example.com/', false],
    ['api.example.com', 'http://api.example.com.evil.test/', false],
    ['api.example.com', 'http://api-example.com/', false],
    ['example.com', 'http://notexample.com/', false],
    ['*.example.com', 'http://a.example.com/', true],
    ['*.example.com', 'http://a.b.example.com/', true],
    ['*.example.com', 'http://a.example.com./', true],
    ['*.example.com', 'http://example.com/', false],
    ['*.example.com', 'http://notexample.com/', false],
    ['*.example.com', 'http://a.example.com.evil.test/', false],
    ['*.example.com', 'http://example.com@evil.test/', false],
    ['b\u00fccher.example', 'http://xn--bcher-kva.example/', true],
    ['xn--bcher-kva.example', 'http://B\u00dcCHER.example/', true],
    ['*.b\u00fccher.example', 'http://www.xn--bcher-kva.example/', true],
    ['stra\u00dfe.example', 'http://strasse.example/', false],
    ['\uff41pi.example.com', 'http://api.example.com/', true],
    ['8.8.8.8', 'http://0x08080808/', true],
    ['8.8.8.8', 'http://8.8.8.9/', false],
    ['2606:4700::1111', 'http://[2606:4700:0::1111]/', true],
    ['[2606:4700::1111]', 'http://[2606:4700::1111]/', true],
  ])('%s, for %s: %s', (pattern, url, matches) => {
    expect(compileHostPatterns([pattern])(hostOf(url))).toBe(matches);
  });

  test('an empty list allows nothing', () => {
    expect(compileHostPatterns([])('example.com')).toBe(false);
  });

  test.each([
    '',
    '*.',
    '**',
    '*.*',
    'a.*.example.com',
    '*example.com',
    'https://example.com',
    'example.com/path',
    'example.com:8080',
    'user@example.com',
    'exa mple.com',
    'example.com?',
    'example.com#',
    'exam\\ple.com',
    '%',
    '.',
    '[::1',
    '1.2.3.4.5',
    'a.example;b.example',
    '"a.example"',
    "'a.example'",
    '*.a.example;b.example',
    '{a.example}',
    '$HOST',
    'a..example',
    '.a.example',
  ])('%j is none, and is named', (pattern) => {
    expect(() => compileHostPatterns([pattern])).toThrow(`"${pattern}" is not a host pattern`);
  });
});

describe('a trusted origin', () => {
  test.each([
    'http://127.0.0.1:8080',
    'https://Host.test',
    'http://[::1]:3000/',
    'http://a.test:80',
  ])('%s is one', (origin) => {
    const policy = createPolicy({ allowedPorts: [], trustedOrigins: [origin] });
    expect(policy.isTrusted(new URL(origin).origin)).toBe(true);
  });

  test.each([
    '127.0.0.1:8080',
    'http://127.0.0.1:8080/path',
    'http://user@127.0.0.1:8080',
    'http://127.0.0.1:8080/?',
    'http://127.0.0.1:8080/#',
    'ftp://127.0.0.1',
    'file:///',
    '*',
    '',
    'null',
  ])('%j is none, and is named', (origin) => {
    expect(() => createPolicy({ allowedPorts: [], trustedOrigins: [origin] })).toThrow(
      `"${origin}" is not an origin`,
    );
  });
});
