import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import type { ExecuteBody } from '../support/served-engine.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { until } from '../support/until.ts';
import { checkedResponse } from './case.ts';

let fixtures: Fixtures;
let engine: EngineProcess;
/** Its one sandbox meets every run, one after the other. */
let single: EngineProcess;

beforeAll(async () => {
  fixtures = await startFixtures();
  const settings = { ENGINE_TRUSTED_ORIGINS: fixtures.origin };
  [engine, single] = await Promise.all([
    startEngine({ ...settings, ENGINE_SANDBOXES: '2' }),
    startEngine({ ...settings, ENGINE_SANDBOXES: '1' }),
  ]);
});
afterAll(async () => {
  await Promise.all([engine.stop(), single.stop()]);
  await fixtures.close();
});

async function run(js: string, fields: object = {}): Promise<ExecuteBody> {
  const code = js.replaceAll('{origin}', fixtures.origin);
  return checkedResponse(await single.execute({ url: fixtures.publish(code), ...fields }));
}

describe('a run sees nothing of another', () => {
  test('of fifty at a time, each prints, logs and returns its own token', async () => {
    const url = fixtures.publish(
      `console.log(input.token); console.error(input.token);
       await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
       app_log('info', input.token); globalThis.seen = (globalThis.seen ?? '') + input.token;
       [input.token, env.TOKEN, args[0], seen]`,
    );
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const token = `token-${index}-${Math.random()}`;
        const request = { url, input: { token }, env: { TOKEN: token }, args: [token] };
        expect(checkedResponse(await engine.execute(request))).toMatchObject({
          result: [token, token, token, token],
          stdout: `${token}\n`,
          stderr: `${token}\n`,
          logs: [{ message: token }],
        });
      }),
    );
  });

  /** What the first leaves behind, and a second that looks for it and must return `'clean'`. */
  const traces: readonly (readonly [what: string, first: string, second: string])[] = [
    [
      'globals',
      `var leaked = 1; globalThis.also = 2; let lexical = 3`,
      `typeof leaked + typeof also + typeof lexical === 'undefinedundefinedundefined' ? 'clean' : 'dirty'`,
    ],
    [
      'prototypes',
      `Object.prototype.polluted = 1; Array.prototype.map = () => 'mine'; Function.prototype.call = null; Promise.prototype.then = null`,
      `({}).polluted === undefined && [1].map(String)[0] === '1' && await Promise.resolve(true) ? 'clean' : 'dirty'`,
    ],
    [
      'replaced globals',
      `JSON.stringify = () => '"mine"'; console.log = null; fetch = null; Math.random = () => 4; Date.now = () => 5; app_log = null`,
      `typeof console.log + typeof fetch + typeof app_log + JSON.stringify(1) === 'functionfunctionfunction1' && Math.random() < 1 && Date.now() > 5 ? 'clean' : 'dirty'`,
    ],
    [
      'frozen intrinsics',
      `for (const k of Object.getOwnPropertyNames(globalThis)) try { Object.freeze(globalThis[k]); Object.freeze(globalThis[k].prototype) } catch {} Object.freeze(globalThis)`,
      `Array.prototype.own = 1; var declared = 2; [].own + declared === 3 ? 'clean' : 'dirty'`,
    ],
    [
      'registered symbols and string tables',
      `globalThis[Symbol.for('leak')] = 1; 1`,
      `globalThis[Symbol.for('leak')] === undefined ? 'clean' : 'dirty'`,
    ],
    [
      'timers',
      `setTimeout(() => { globalThis.late = 1; console.log('late') }, 30); throw new Error('over')`,
      `await new Promise((resolve) => setTimeout(resolve, 80)); typeof late === 'undefined' ? 'clean' : 'dirty'`,
    ],
    [
      'pending promises',
      `(async () => { for (;;) { await new Promise((r) => setTimeout(r, 5)); globalThis.late = 1 } })(); throw new Error('over')`,
      `await new Promise((resolve) => setTimeout(resolve, 50)); typeof late === 'undefined' ? 'clean' : 'dirty'`,
    ],
    [
      'fetches under way',
      `fetch('{origin}/json').then(() => { globalThis.late = 1 }); throw new Error('over')`,
      `await fetch('{origin}/json'); await new Promise((resolve) => setTimeout(resolve, 50)); typeof late === 'undefined' ? 'clean' : 'dirty'`,
    ],
    [
      'work on other threads',
      `crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']).then((k) => crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt: new Uint8Array(8), iterations: 20000000 }, k, 512)); await null; await null; await new Promise((r) => setTimeout(r, 20)); throw new Error('over')`,
      `const start = performance.now(); await crypto.subtle.digest('SHA-256', new Uint8Array(8)); 'clean'`,
    ],
    [
      'counters of the console',
      `console.count('x'); console.group('deep'); console.time('t'); 1`,
      `console.count('x'); console.log('flush'); 'clean'`,
    ],
    [
      'imported modules',
      `import { secret } from '{origin}/once.js'; export default secret`,
      `await import('{origin}/once.js').then((m) => m.secret, () => 'clean')`,
    ],
    [
      'an event listener on the global scope',
      `addEventListener?.('unhandledrejection', () => console.log('heard')); globalThis.onerror = () => console.log('heard'); 1`,
      `typeof onerror === 'function' ? 'dirty' : 'clean'`,
    ],
    [
      'a handler of uncaught errors',
      `globalThis.reportError = () => {}; Error.prepareStackTrace = () => 'mine'; Error.stackTraceLimit = 0; 1`,
      `new Error('x').stack === 'mine' || Error.stackTraceLimit === 0 ? 'dirty' : 'clean'`,
    ],
    [
      'memory that was written and freed',
      `let secret = 'S3CRET'.repeat(100000); secret = null; new Uint8Array(1000000).fill(83); 1`,
      `const found = new Uint8Array(4000000).some((byte) => byte !== 0); found ? 'dirty' : 'clean'`,
    ],
    [
      'the state of the random numbers',
      `globalThis.r = Math.random(); 1`,
      `typeof r === 'undefined' && Math.random() !== Math.random() ? 'clean' : 'dirty'`,
    ],
  ];

  test.each(traces)('%s', async (_what, first, second) => {
    await run(first);
    const response = await run(second);
    expect(response).toMatchObject({ error: null, result: 'clean' });
    expect(response.stdout).not.toMatch(/late|heard|^ {2}|: 2/m);
  });

  test('no two runs draw the same random numbers', async () => {
    const url = fixtures.publish('[Math.random(), crypto.randomUUID(), Math.random()]');
    const drawn = new Set<unknown>();
    for (let index = 0; index < 20; index++) {
      const { result } = checkedResponse(await single.execute({ url }));
      for (const value of result as unknown[]) drawn.add(value);
    }
    expect(drawn.size).toBe(60);
  });

  test('a small limit on memory holds after a run with a large one', async () => {
    const fill = `const a = []; try { for (;;) a.push(new ArrayBuffer(1 << 18)) } catch {} a.length / 4`;
    const roomy = await run(fill, { limits: { memoryMb: 44 } });
    const tight = await run(fill, { limits: { memoryMb: 16 } });
    expect(roomy.result).toBeGreaterThan(20);
    expect(tight.result).toBeLessThan(16);
  });

  test('what a finished run still waits for is called off', async () => {
    const response = await run(`fetch('{origin}/hang'); fetch('{origin}/hang'); 1`, {
      limits: { timeoutMs: 200 },
    });
    expect(response.error?.code).toBe('TIMEOUT');
    await until(() => fixtures.hanging === 0);
  });
});

describe('code that is brief until it is not', () => {
  /** Publishes code that the engine knows as brief. */
  async function knownAsBrief(code: string): Promise<string> {
    const url = fixtures.publish(code.replaceAll('{origin}', fixtures.origin));
    for (let index = 0; index < 5; index++) await engine.execute({ url, input: {} });
    return url;
  }

  test('of a hundred at a time, each prints, logs and returns its own token', async () => {
    const url = await knownAsBrief(
      `console.log(input.token); console.error(env.TOKEN); app_log('info', String(args[0]));
       globalThis.seen = (globalThis.seen ?? '') + input.token; seen`,
    );
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const token = `token-${index}`;
        const request = { url, input: { token }, env: { TOKEN: token }, args: [token] };
        expect(checkedResponse(await engine.execute(request))).toMatchObject({
          result: token,
          stdout: `${token}\n`,
          stderr: `${token}\n`,
          logs: [{ message: token }],
        });
      }),
    );
  });

  test('an endless run holds up none of those that came with it', async () => {
    const url = await knownAsBrief(`if (input.endless) for (;;); input.n`);
    const ended: unknown[] = [];
    const ask = async (input: object): Promise<void> => {
      const answer = await engine.execute({ url, input, limits: { timeoutMs: 4000 } });
      const { error, result } = checkedResponse(answer);
      ended.push(error?.code ?? result);
    };
    const others = Array.from({ length: 30 }, (_, n) => n);
    await Promise.all([ask({ endless: true }), ...others.map((n) => ask({ n }))]);
    expect(ended.pop()).toBe('TIMEOUT');
    expect(ended.map(Number).sort((a, b) => a - b)).toEqual(others);
    await until(async () => (await engine.health()).sandboxes.idle === 2);
  });

  test('each run has its effects once, whatever sandbox it was meant for', async () => {
    const url = await knownAsBrief(`input.fetch && (await (await fetch(input.fetch)).text())`);
    const input = { fetch: `${fixtures.origin}/count` };
    const answers = await Promise.all(
      Array.from({ length: 30 }, async () => checkedResponse(await engine.execute({ url, input }))),
    );
    expect(answers.map(({ result }) => result)).toEqual(answers.map(() => 'counted'));
    expect(fixtures.counted).toBe(30);
  });
});
