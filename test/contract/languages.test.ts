import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { allLanguages } from '../../lambda/contract/languages.ts';

const guest = new URL('../../lambda/guest/', import.meta.url);

describe('the table of languages', () => {
  test.each(allLanguages)('names the folder of $label', ({ folder }) => {
    expect(existsSync(new URL(`${folder}/language.ts`, guest))).toBe(true);
  });

  test('gives each content type, extension and magic number to one language', () => {
    const names = allLanguages.flatMap((language) => [
      ...language.contentTypes,
      ...language.extensions,
      ...(language.format === 'binary' ? [language.magic] : language.interpreters),
    ]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toBe(name.toLowerCase());
  });
});
