import { describe, expect, test } from '@jest/globals';
import { wholeLength } from '../../lambda/contract/whole-characters.ts';

describe('text that is cut at a number of bytes ends with a whole character', () => {
  test.each(['abc', 'é', 'aé', '€', 'x€€', '😀', 'a😀b', 'é€😀', '\ufeff', ''])('%j', (text) => {
    const bytes = Buffer.from(text);
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      const kept = cut.subarray(0, wholeLength(cut)).toString();
      expect(text.startsWith(kept)).toBe(true);
      expect(length - Buffer.byteLength(kept)).toBeLessThan(4);
    }
    expect(wholeLength(bytes)).toBe(bytes.length);
  });

  test('bytes that are no text are kept', () => {
    for (const bytes of [
      [0x80],
      [0x80, 0x80, 0x80, 0x80],
      [0x61, 0xbf],
      [0xff, 0x80, 0x80, 0x80],
    ]) {
      expect(wholeLength(Uint8Array.from(bytes))).toBe(bytes.length);
    }
  });
});
