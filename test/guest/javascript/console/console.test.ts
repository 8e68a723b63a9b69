import { describe, expect, test } from '@jest/globals';
import { differences } from './differences.ts';
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

  test('characters of every width line up in tables', async () => {
    const code = `for (const [from, to, step] of [[0, 0x3400, 3], [0x4d00, 0xd800, 97], [0xe000, 0x11000, 7], [0x1f000, 0x20000, 5]]) {
      const characters = [];
      for (let i = from; i < to; i += step) characters.push(String.fromCodePoint(i));
      console.table(characters);
    }`;
    expect(await runInGuest(code)).toEqual((await runInNode([code]))[0]);
  });
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

describe('console differs from Node.js knowingly', () => {
  const actual = runInNode(differences.map(({ code }) => code));

  test.each(differences.map((row, index) => ({ ...row, index })))(
    '$why',
    async ({ code, guest, node, index }) => {
      expect((await runInGuest(code)).stdout).toBe(guest);
      expect((await actual)[index]?.stdout).toBe(node);
    },
  );
});

describe('stack traces', () => {
  test('show the frames of the script, as V8 writes them', async () => {
    const { stdout } = await runInGuest(`
      function inner() { return new TypeError('boom'); }
      function outer() { return [1].map(() => inner())[0]; }
      console.log(outer());`);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      'TypeError: boom',
      '    at inner (script.js:2:46)',
      expect.stringMatching(/^ {4}at script\.js:3:\d+$/),
      '    at map (<anonymous>)',
      expect.stringMatching(/^ {4}at outer \(script\.js:3:\d+\)$/),
      expect.stringMatching(/^ {4}at script\.js:4:\d+$/),
    ]);
  });

  test('never show a frame of the prelude, and at most ten', async () => {
    const { stdout, stderr } = await runInGuest(`
      function deep(n) { return n === 0 ? new Error('deep') : deep(n - 1); }
      console.log(deep(50));
      console.group();
      console.trace('at %s', 'here', { a: 1 });
      console.trace();`);
    expect(stdout.match(/ at /g)).toHaveLength(10);
    expect(stderr).toMatch(/^ {2}Trace: at here \{ a: 1 \}\n {6}at script\.js:5:\d+\n/);
    expect(stderr).toMatch(/\n {2}Trace\n {6}at script\.js:6:\d+\n/);
    expect(stdout + stderr).not.toContain('prelude.js');
  });

  test('leave out what a cause repeats', async () => {
    const { stdout } = await runInGuest(`
      const fail = () => { const cause = new Error('inner'); return new Error('outer', { cause }); };
      const a = () => fail(), b = () => { return a(); }, c = () => { return b(); };
      function d() { return c(); } function e() { return d(); } console.log(e());`);
    expect(stdout).toMatch(/\.\.\. \d lines matching cause stack trace \.\.\./);
  });
});

describe('timers and labels', () => {
  test('durations are written as Node.js writes them', async () => {
    const code = `
      console.time(); console.timeLog(); console.timeLog('default', 'x', { a: 1 }); console.timeEnd();
      console.time('a'); console.timeEnd('a');`;
    const clock = [0, 1.23456, 2500, 62_500, 0, 7_384_005];
    const { stdout } = await runInGuest(code, { clock });
    expect(stdout).toBe(
      'default: 1.235ms\ndefault: 2.500s x { a: 1 }\ndefault: 1:02.500 (m:ss.mmm)\n' +
        'a: 2:03:04.005 (h:mm:ss.mmm)\n',
    );
  });

  test('a label in the wrong state is a warning, no error', async () => {
    const code =
      "console.timeEnd(); console.time('a'); console.time('a'); console.countReset('z'); console.timeLog('b');";
    expect(await runInGuest(code)).toEqual({
      stdout: '',
      stderr:
        "Warning: No such label 'default' for console.timeEnd()\n" +
        "Warning: Label 'a' already exists for console.time()\n" +
        "Warning: Count for 'z' does not exist\n" +
        "Warning: No such label 'b' for console.timeLog()\n",
      thrown: null,
    });
  });
});

test('module namespaces are shown, before and after the module is evaluated', async () => {
  const modules = {
    m: "import * as me from 'm'; console.log(me); export const a = 1; export class K {} export default function f() {}",
  };
  const { stdout } = await runInGuest("import * as ns from 'm'; console.log(ns);", { modules });
  expect(stdout).toBe(
    '[Module: null prototype] {\n  K: <uninitialized>,\n  a: <uninitialized>,\n  default: [Function: f]\n}\n' +
      '[Module: null prototype] { K: [class K], a: 1, default: [Function: f] }\n',
  );
});

describe('output stays within the cap, whatever is printed', () => {
  const capBytes = 64 * 1024;
  const floods = [
    "console.log('x'.repeat(1e8))",
    "console.log(['x'.repeat(1e8)])",
    "console.dir('\\n'.repeat(5e7), { maxStringLength: null })",
    "console.log('%s and %s', 'x'.repeat(1e8), 'y'.repeat(1e8))",
    "console.log({ ['k'.repeat(1e8)]: 1 }, Symbol('s'.repeat(1e7)), new Error('e'.repeat(1e7)))",
    "console.assert(false, 'x'.repeat(1e8)); console.trace('x'.repeat(1e8))",
    "console.group('x'.repeat(1e7)); console.log('\\n'.repeat(1e7))",
    'console.log(new Array(1e6).fill(7), new Array(2 ** 32 - 1))',
    "console.log(new Uint8Array(5e7), new ArrayBuffer(5e7), new String('x'.repeat(1e7)))",
    "console.log(Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => ['k' + i, i])))",
    'let d = {}; for (let i = 0; i < 28; i++) d = { l: d, r: d }; console.dir(d, { depth: null })',
    'let d = []; for (let i = 0; i < 1e5; i++) d = [d]; console.dir(d, { depth: Infinity })',
    'console.dir(new Set(Array.from({ length: 1e5 }, (_, i) => i)), { maxArrayLength: null })',
    'console.table(Array.from({ length: 2e4 }, (_, i) => ({ i })))',
    "for (let i = 0; i < 2e4; i++) console.log('line ' + i)",
    "for (let i = 0; i < 2000; i++) console.group(); console.log('\\n'.repeat(1000))",
    'let p = {}; for (let i = 0; i < 1e4; i++) p = new Proxy(p, {}); console.log(p)',
  ];

  test.each(floods)('%s', async (code) => {
    const { stdout, stderr, thrown } = await runInGuest(code, { capBytes });
    expect(thrown).toBeNull();
    expect(stdout.length + stderr.length).toBeGreaterThan(0);
    // One character over the cap is how the sink learns that there was more.
    expect(stdout.length).toBeLessThanOrEqual(capBytes + 1);
    expect(stderr.length).toBeLessThanOrEqual(capBytes + 1);
  });

  test('what fits is printed whole, then nothing more is sent', async () => {
    const code =
      "console.log('12345'); console.log('6789'); console.log('never'); console.error('x');";
    expect(await runInGuest(code, { capBytes: 10 })).toEqual({
      stdout: '12345\n6789\n',
      stderr: 'x\n',
      thrown: null,
    });
  });

  test('an object nested without end interrupts its inspection, not the script', async () => {
    const code =
      "let d = {}; for (let i = 0; i < 1e5; i++) d = { d }; console.dir(d, { depth: null, breakLength: Infinity }); console.log('goes on');";
    const { stdout } = await runInGuest(code, { capBytes: 512 * 1024 * 1024 });
    expect(stdout).toContain(
      'Inspection interrupted prematurely. Maximum call stack size exceeded.',
    );
    expect(stdout).toMatch(/goes on\n$/);
  });

  test('proxies that their own target refers to do not pile up', async () => {
    const code =
      'for (let i = 0; i < 2e5; i++) { const target = {}; target.self = new Proxy(target, {}); }';
    expect((await runInGuest(code, { memoryLimitBytes: 8 * 1024 * 1024 })).thrown).toBeNull();
  });
});
