import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeText, encodeText } from '../../../../lambda/guest/javascript/bridge/text.ts';

describe('text that crosses into the realm and back', () => {
  test.each([
    ['', 'nothing'],
    ['plain', 'plain text'],
    ['\u{1f600}', 'a character of two units'],
    ['\0', 'a NUL'],
    ['a\0b', 'a NUL within'],
    ['\ud800', 'half a surrogate pair'],
    ['\ufeffa', 'a byte-order mark'],
    ['\u0001', 'the marker'],
    ['\u0001\u0001', 'two markers'],
    ['\u0001"a"', 'what looks marked'],
    ['\u0001"a', 'what looks marked and is no JSON'],
    ['"a"', 'JSON'],
    ['\u0001\0', 'the marker and a NUL'],
  ])('%j stays the same: %s', (text) => {
    expect(decodeText(throughC(encodeText(text)))).toBe(text);
  });

  test('whatever it is, it stays the same', () => {
    const units = fc.oneof(
      fc.constantFrom('\0', '\u0001', '"', '\\', '\ufeff', '\ud800', '\udc00'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.array(units), (parts) => {
        const text = parts.join('');
        expect(decodeText(throughC(encodeText(text)))).toBe(text);
      }),
    );
  });
});

/** A C string in UTF-8, written and read as Emscripten does. */
function throughC(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
