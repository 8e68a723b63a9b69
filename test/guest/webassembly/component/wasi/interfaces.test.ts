import { describe, expect, test } from '@jest/globals';
import { Wasi2Host } from '../../../../support/guest/wasi2-host.ts';
import { witFunctions, witResources } from './wit-functions.ts';

const host = new Wasi2Host();
const served = new Map(host.interfaces.map((each) => [each.name, each]));
const wordsOf = (text: string): string[] => text.split(' ').filter((word) => word !== '');

describe('every interface that a component can import', () => {
  test('is served, and no other', () => {
    expect([...served.keys()].filter((name) => name.startsWith('wasi:')).sort()).toEqual(
      Object.keys(witFunctions).sort(),
    );
  });

  test.each(Object.entries(witFunctions))('%s has its functions', (name, functions) => {
    const names = wordsOf(functions).map((word) => word.slice(0, word.lastIndexOf('/')));
    expect(Object.keys(served.get(name)?.functions ?? {}).sort()).toEqual(names.sort());
    expect(served.get(name)?.version).toBe('0.2.12');
  });

  test.each(Object.entries(witResources))('%s has its resources', (name, resources) => {
    expect([...(served.get(name)?.resources ?? [])].sort()).toEqual(wordsOf(resources).sort());
  });
});

describe('a component that declares other parameters than the interface', () => {
  const wrong = [undefined, true, 1.5, -1n, 'text', ['list'], { tag: 'no-such-case' }, host.wasi];
  const checked = Object.entries(witFunctions)
    .filter(([name]) => !name.startsWith('wasi:sockets/'))
    .flatMap(([name, functions]) =>
      wordsOf(functions).map((word) => {
        const [called = '', count = '0'] = word.split(/\/(?=\d+$)/);
        return [`${name}#${called}`, Number(count)] as const;
      }),
    );

  test.each(checked)('traps: %s', async (name, count) => {
    const trapped = { ended: expect.stringMatching(/takes/) };
    const args = (value: unknown) => Array.from({ length: count }, () => value as never);
    expect(await host.call(name, ...args(null), null as never)).toEqual(trapped);
    for (const value of count > 0 ? wrong : []) {
      expect(await host.call(name, ...args(value))).toEqual(trapped);
    }
  });
});
