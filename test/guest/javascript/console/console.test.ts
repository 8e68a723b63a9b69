import { describe, expect, test } from '@jest/globals';
import { runInGuest, runInNode, withoutFrames } from './realms.ts';
import { breakages, snippets } from './snippets.ts';

describe('console prints what Node.js prints', () => {
  const expected = runInNode(snippets);

  test.each(snippets.map((code, index) => [index, code] as const))(
    '%i: %s',
    async (index, code) => {
      const node = (await expected)[index];
      const guest = await runInGuest(code);
      expect(withoutFrames(guest.stdout)).toBe(withoutFrames(node?.stdout ?? ''));
      expect(withoutFrames(guest.stderr)).toBe(withoutFrames(node?.stderr ?? ''));
      expect(guest.thrown).toBe(node?.thrown);
    },
  );
});

describe('console prints the same after a script broke the language', () => {
  const expected = runInNode(breakages.map(([, code]) => code));

  test.each(breakages.map(([damage, code], index) => [index, damage, code] as const))(
    '%i: %s',
    async (index, damage, code) => {
      const guest = await runInGuest(`${damage} ${code}`);
      expect(guest).toEqual((await expected)[index]);
    },
  );
});
