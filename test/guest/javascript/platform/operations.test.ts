import { describe, expect, test } from '@jest/globals';
import {
  BridgeError,
  type BridgeValue,
} from '../../../../lambda/guest/javascript/bridge/bridge.ts';
import {
  platformOperations,
  platformTasks,
} from '../../../../lambda/guest/javascript/platform/operations.ts';

/** What a guest that got hold of the bridge might send. */
const junk: readonly (readonly BridgeValue[])[] = [
  [],
  [undefined, null, true],
  [Number.NaN, -1, 2 ** 53],
  ['', '', '', '', ''],
  ['__proto__', '__proto__', '__proto__', '__proto__', '__proto__'],
  ['constructor', '[]', '{}', 'constructor', '[]'],
  ['NumberFormat', '["en"]', '{}', '__proto__', '[]'],
  ['NumberFormat', '["en"]', '{}', 'format', 'not JSON'],
  ['NumberFormat', '{"length":4294967295}', '{}', 'format', '[]'],
  ['Collator', 'null', 'null', 'compare', 'null'],
  ['toString', '0', '[]', '{}'],
  ['null', 'null', 'null', 'null', 'null'],
  ['[[1,2,3]]', '[{"a":1}]'],
  ['[{"pathname":"/(a+)+$"}]', '[{}]'],
  ['\ud800', '\ud800', '\ud800', '\ud800'],
  [new Uint8Array(8), new Uint8Array(8), new Uint8Array(8), new Uint8Array(8)],
  ['utf-8', true, true, 'not bytes'],
  ['http://a/', '__proto__', 'x'],
  ['http://a/', 'href', 'x'],
];

describe('an operation of the platform answers, or refuses, whatever it is given', () => {
  test.each(Object.entries(platformOperations))('%s', (_, operation) => {
    for (const args of junk) {
      let thrown: unknown = null;
      try {
        operation(...args);
      } catch (error) {
        thrown = error;
      }
      expect(thrown === null || thrown instanceof BridgeError).toBe(true);
    }
  });
});

describe('a task of the platform never rejects', () => {
  test.each(Object.entries(platformTasks))('%s', async (_, task) => {
    const texts = [
      ...['', 'null', '{}', '{"method":"digest"}', '{"method":"digest","args":1}'],
      ...['{"method":"constructor","args":[]}', '{"method":"__proto__","args":[null]}'],
      '{"method":"digest","args":["SHA-256",{"kind":"bytes","place":[-5,1e9]}]}',
      '{"method":"digest","args":["SHA-256",{"kind":"bytes","place":null}]}',
      '{"method":"sign","args":["HMAC",{"kind":"key","type":"private","material":[0,4],"usages":[]}]}',
      '{"method":"exportKey","args":["raw",{"kind":"nonsense"}]}',
    ];
    for (const text of texts) {
      const { json } = await task(text, new Uint8Array(4));
      expect(JSON.parse(json)).toHaveProperty('ok');
    }
  });
});
