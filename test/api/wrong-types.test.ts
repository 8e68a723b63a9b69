import { describe, expect, test } from '@jest/globals';
import { executeRequest, requestSchema } from '../../lambda/api/request.ts';
import type { Json } from '../../lambda/contract/errors.ts';
import { loadSettings } from '../../lambda/settings/settings.ts';

const settings = loadSettings({}, 1);
const schema = requestSchema(settings);

/** One value of each type of JSON, and those that are empty. */
const values = {
  null: null,
  true: true,
  one: 1,
  half: 0.5,
  text: 'x',
  '': '',
  list: [],
  object: {},
};
type Kind = keyof typeof values;

const texts = ['text', ''] as const;
const string = [/^must be a string$/, texts] as const;
const array = [/^must be an array$/, ['list']] as const;
const object = [/^must be an object$/, ['object']] as const;
const truth = [/^must be true or false$/, ['true']] as const;
const whole = [/^must be a whole number$/, ['one']] as const;
const content = [/^must be a text, or an object with `base64`$/, [...texts, 'object']] as const;
const pin = [/^must be a Subresource-Integrity value, or an/, [...texts, 'object']] as const;

/** What each field says to a value of another type, and the values that are of its own. */
const fields: { readonly [path: string]: readonly [RegExp, readonly Kind[]] } = {
  '': object,
  url: string,
  code: content,
  'code.base64': string,
  modules: object,
  'modules.a': string,
  type: [/^must be "javascript" or "typescript" or "wasm"$/, []],
  inputs: array,
  imports: object,
  'imports.a': string,
  outputs: array,
  'outputs.0': string,
  args: array,
  env: object,
  'env.a': string,
  stdin: string,
  files: object,
  'files.a': content,
  'files.a.base64': string,
  entrypoint: string,
  integrity: pin,
  'integrity.a': string,
  unpinned: truth,
  limits: object,
  'limits.timeoutMs': whole,
  'limits.cpuMs': whole,
  'limits.memoryMb': whole,
  'limits.fetch': object,
  'limits.fetch.maxRequests': whole,
  'limits.fetch.maxRequestBytes': whole,
  'limits.fetch.maxResponseBytes': whole,
  'limits.fetch.timeoutMs': whole,
  'limits.fetch.allowedHosts': array,
  'limits.fetch.allowedHosts.0': string,
  'limits.imports': object,
  'limits.imports.allowedHosts': array,
  'limits.imports.allowedHosts.0': string,
  'limits.imports.maxModules': whole,
  'limits.imports.dynamic': truth,
};

function refused(body: unknown): Json {
  try {
    executeRequest(body as Json, schema, settings);
  } catch (error) {
    return (error as { readonly details: Json }).details;
  }
  throw new Error('The request was accepted');
}

/** A body that has the value at this path. */
function bodyWith(path: string, value: unknown): unknown {
  return path
    .split('.')
    .filter(Boolean)
    .reduceRight((inner, name) => (name === '0' ? [inner] : { [name]: inner }), value);
}

describe('a value of another type', () => {
  const cases = Object.entries(fields).flatMap(([path, [reason, own]]) =>
    (Object.keys(values) as Kind[])
      .filter((kind) => !own.includes(kind))
      .map(
        (kind) => [path || 'the body', JSON.stringify(values[kind]), path, kind, reason] as const,
      ),
  );

  test.each(cases)('at %s: %s is refused in plain words, once', (_, __, path, kind, reason) => {
    const details = refused(bodyWith(path, values[kind]));
    expect(details).toEqual([{ path, reason: expect.stringMatching(reason) }]);
  });

  test('is told of for each field that the schema has', () => {
    const names = Object.keys(schema.shape).filter((name) => name !== 'input');
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(names));
  });
});

describe('a value out of its bounds', () => {
  test.each<readonly [string, unknown, RegExp]>([
    ['limits.timeoutMs', 2 ** 53, /^must be 25000 or less, which is/],
    ['limits.timeoutMs', Number.MAX_VALUE, /^must be 25000 or less, which is/],
    ['limits.timeoutMs', -(2 ** 53), /^must be 1 or more$/],
    ['limits.imports.maxModules', 1e300, /^must be 1000 or less$/],
    ['entrypoint', 'x'.repeat(1025), /^is longer than 1024 characters$/],
  ])('%s: %p is refused in plain words, once', (path, value, reason) => {
    expect(refused(bodyWith(path, value))).toEqual([
      { path, reason: expect.stringMatching(reason) },
    ]);
  });

  test('is refused as the name of an import, too', () => {
    expect(refused({ imports: { '': 'https://example.com/' } })).toEqual([
      { path: 'imports.', reason: 'is empty' },
    ]);
    const imports = { ['x'.repeat(2049)]: 'https://example.com/' };
    expect(refused({ imports })).toMatchObject([{ reason: 'is longer than 2048 characters' }]);
  });
});

test('a field without a name is named', () => {
  expect(refused({ code: '1', '': 1 })).toEqual([{ path: '""', reason: 'is not a known field' }]);
});
