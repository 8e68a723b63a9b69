/** Code in a request, and its modules. */

import { describe, expect, test } from '@jest/globals';
import { executeRequest, requestSchema } from '../../lambda/api/request.ts';
import type { Json } from '../../lambda/contract/errors.ts';
import { loadSettings } from '../../lambda/settings/settings.ts';

const settings = loadSettings({});
const schema = requestSchema(settings);
const url = 'https://example.com/hello.js';
const code = '1';
const hash512 = `sha512-${'B'.repeat(86)}==`;

function read(body: unknown) {
  return executeRequest(body as Json, schema, settings);
}

describe('a request', () => {
  test('may have the code itself, as text or in base64, and its modules', () => {
    const modules = { 'lib/tax.js': 'export {}', '/./ä b.js': '"ü"' };
    expect(read({ code: '"ä"', modules }).source).toEqual({
      kind: 'inline',
      bytes: Buffer.from('"ä"'),
      modules: new Map([
        ['inline:///lib/tax.js', Buffer.from('export {}')],
        ['inline:///%C3%A4%20b.js', Buffer.from('"ü"')],
      ]),
    });
    const bytes = Buffer.from('\0asm\x01\0\0\0', 'latin1');
    expect(read({ code: { base64: bytes.toString('base64') } }).source).toMatchObject({ bytes });
  });

  test('may map imports to modules in it, and pin them', () => {
    const imports = { tax: 'inline:///lib/tax.js', 'lib/': 'inline:///lib/' };
    const integrity = { 'inline:///main.js': hash512, 'inline:///lib/tax.js': hash512 };
    const request = read({ code, imports, integrity });
    expect([request.inputs.imports, request.integrity]).toEqual([imports, integrity]);
  });

  test.each<readonly [string, unknown, string, RegExp]>([
    ['has both url and code', { url, code: '1' }, 'code', /one of them/],
    ['has code that is no text', { code: 1 }, 'code', /base64/],
    ['has code that is no base64', { code: { base64: 'AGFz-_==' } }, 'code', /RFC 4648/],
    ['has code whose base64 is cut off', { code: { base64: 'AGFzb' } }, 'code', /padding/],
    ['has more than base64', { code: { base64: '', x: 1 } }, 'code.x', /not a known field/],
    ['has half a character in its code', { code: '"\ud800"' }, 'code', /Unicode/],
    ['has modules without code', { url, modules: {} }, 'modules', /`code`/],
    ['has a module outside /', { code, modules: { '../a.js': '' } }, 'modules.../a.js', /leaves/],
    [
      'has a module that leaves / on its way',
      { code, modules: { 'a/../../b.js': '' } },
      'modules.a/../../b.js',
      /leaves/,
    ],
    [
      'has a module that leaves / in disguise',
      { code, modules: { '%2E%2e/b.js': '' } },
      'modules.%2E%2e/b.js',
      /%2e/,
    ],
    ['has a module without name', { code, modules: { '': '' } }, 'modules.', /empty/],
    ['has a module that is a folder', { code, modules: { 'a/': '' } }, 'modules.a/', /directory/],
    ['has a module with a query', { code, modules: { 'a?b': '' } }, 'modules.a?b', /\?/],
    ['has a module with NUL', { code, modules: { 'a\0': '' } }, 'modules.a\0', /NUL/],
    [
      'has a module in the place of the code',
      { code, modules: { './main.js': '' } },
      'modules../main.js',
      /`code` itself/,
    ],
    [
      'has two modules in one place',
      { code, modules: { 'a.js': '1', '/lib/../a.js': '2' } },
      'modules./lib/../a.js',
      /inline:\/\/\/a\.js/,
    ],
    [
      'has a module that is no text',
      { code, modules: { a: { base64: '' } } },
      'modules.a',
      /string/,
    ],
    [
      'has half a character in a module',
      { code, modules: { a: '\udfff' } },
      'modules.a',
      /Unicode/,
    ],
    [
      'has too many modules',
      { code, modules: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`m${n}`, ''])) },
      'modules',
      /1000/,
    ],
    [
      'has __proto__ as a module',
      JSON.parse(`{"code":"1","modules":{"__proto__":"x"}}`),
      'modules.__proto__',
      /name/,
    ],
  ])('is refused where it %s, naming the place and the reason', (_, body, path, reason) => {
    const details = [{ path, reason: expect.stringMatching(reason) }];
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', details }));
  });
});
