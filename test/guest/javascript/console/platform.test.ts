/** What the console prints for objects of the web platform: what Node.js prints. */

import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../../../support/guest/realm.ts';
import { platformSnippets } from './platform-snippets.ts';
import { runInNode } from './realms.ts';

const expected = runInNode(platformSnippets);

describe('the console prints what Node.js prints', () => {
  test.each(platformSnippets.map((code, index) => [code, index] as const))(
    '%s',
    async (code, index) => {
      const node = (await expected)[index];
      const { output, error } = await evaluate(code);
      expect(error).toBeNull();
      expect(node?.thrown).toBeNull();
      expect(output).toBe(`${node?.stdout}${node?.stderr}`);
    },
  );

  test('an event shows its type and when it was made', async () => {
    const { output } = await evaluate(
      `console.log(new Event('x')); console.log({ when: [new CustomEvent('y', { cancelable: true })] }); console.log([[[new Event('deep')]]])`,
    );
    expect(output.replace(/timeStamp: [\d.]+/g, 'timeStamp: 1')).toBe(
      "Event {\n  type: 'x',\n  defaultPrevented: false,\n  cancelable: false,\n  timeStamp: 1\n}\n" +
        "{\n  when: [\n    CustomEvent {\n      type: 'y',\n      defaultPrevented: false,\n      cancelable: true,\n      timeStamp: 1\n    }\n  ]\n}\n" +
        '[ [ [ Event ] ] ]\n',
    );
  });
});
