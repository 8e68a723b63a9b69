import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../../../support/guest/realm.ts';

describe('errors that nobody catches', () => {
  test.each([
    [
      'in a listener',
      `new EventTarget().x; const t = new EventTarget(); t.addEventListener('x', () => { throw new RangeError('lost'); }); t.dispatchEvent(new Event('x')); 1`,
    ],
    ['in a microtask', `queueMicrotask(() => { throw new RangeError('lost'); }); 1`],
    ['that are reported', `reportError(new RangeError('lost')); 1`],
    [
      'in a listener for errors',
      `addEventListener('error', () => { throw new RangeError('lost'); }); reportError(1); 1`,
    ],
  ])('%s fail the run', async (_, script) => {
    const { error } = await evaluate(script);
    expect(error).toContain('RangeError: lost');
  });

  test('do not fail the run where a listener of the global object takes them', async () => {
    const { value, error } = await evaluate(`
      let seen;
      addEventListener('error', (event) => { seen = [event.error.message, event.message, event.isTrusted, event.target === globalThis]; event.preventDefault(); });
      const target = new EventTarget();
      target.addEventListener('x', () => { throw new RangeError('taken'); });
      target.dispatchEvent(new Event('x'));
      seen`);
    expect(error).toBeNull();
    expect(value).toEqual(['taken', 'RangeError: taken', true, true]);
  });
});

test('a signal with a timeout does not keep the run alive', async () => {
  const { value, error } = await evaluate(`AbortSignal.timeout(600_000).aborted`, 5_000);
  expect(error).toBeNull();
  expect(value).toBe(false);
});

test('timers fire whatever a script puts on Array.prototype', async () => {
  const { value, error } = await evaluate(`
    for (const key of ['0', '1', '2']) {
      Object.defineProperty(Array.prototype, key, { get() { return { dueMs: 1e300 } }, set() {}, configurable: true });
    }
    let fired = 0;
    await new Promise((resolve) => {
      setTimeout(() => { fired += 1; }, 1);
      setImmediate(() => { fired += 10; });
      const interval = setInterval(() => { clearInterval(interval); resolve(); }, 5);
    });
    fired`);
  expect(error).toBeNull();
  expect(value).toBe(11);
});

test('the locale is en-US and the time zone UTC', async () => {
  const { value } = await evaluate(`
    const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    [locale, timeZone, new Date(0).getTimezoneOffset(), navigator.language]`);
  expect(value).toEqual(['en-US', 'UTC', 0, 'en-US']);
});

test('what a key is made of is out of reach of the script', async () => {
  const { value } = await evaluate(`
    const key = await crypto.subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', false, ['encrypt']);
    [Reflect.ownKeys(key), JSON.stringify(key), (await crypto.subtle.exportKey('raw', key).catch((error) => error.name))]`);
  expect(value).toEqual([[], '{}', 'InvalidAccessError']);
});

test('many calls of crypto.subtle at once each get their own answer', async () => {
  const { value, error } = await evaluate(`
    const digests = await Promise.all(Array.from({ length: 200 }, (_, index) => crypto.subtle.digest('SHA-256', new Uint8Array([index]))));
    new Set(digests.map((digest) => new Uint8Array(digest).join())).size`);
  expect(error).toBeNull();
  expect(value).toBe(200);
});

test('work on the host has bounds', async () => {
  const { value } = await evaluate(`
    const key = await crypto.subtle.importKey('raw', new Uint8Array(1), 'PBKDF2', false, ['deriveBits']);
    const tries = [
      () => crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(1), iterations: 2 ** 31 }, key, 256),
      () => crypto.subtle.generateKey({ name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2 ** 16, publicExponent: new Uint8Array([1, 0, 1]) }, true, ['sign']),
    ];
    await Promise.all(tries.map((attempt) => attempt().then(() => 'done', (error) => error.name)))`);
  expect(value).toEqual(['OperationError', 'OperationError']);
});

describe('each interface looks as Web IDL says', () => {
  const interfaces = [
    ['DOMException', 0],
    ['Event', 1],
    ['CustomEvent', 1],
    ['ErrorEvent', 1],
    ['PromiseRejectionEvent', 2],
    ['EventTarget', 0],
    ['AbortController', 0],
    ['AbortSignal', 0],
    ['URL', 1],
    ['URLSearchParams', 0],
    ['URLPattern', 0],
    ['TextEncoder', 0],
    ['TextDecoder', 0],
    ['Performance', 0],
    ['PerformanceEntry', 0],
    ['PerformanceMark', 1],
    ['PerformanceMeasure', 0],
    ['PerformanceObserver', 1],
    ['PerformanceObserverEntryList', 0],
    ['Crypto', 0],
    ['SubtleCrypto', 0],
    ['CryptoKey', 0],
    ['Navigator', 0],
  ] as const;

  test.each(interfaces)('%s', async (name, length) => {
    const { value, error } = await evaluate(`
      const refuses = (action) => { try { action(); return false; } catch (error) { return error instanceof TypeError; } };
      const descriptors = Object.getOwnPropertyDescriptors(${name}.prototype);
      const own = Object.getOwnPropertyDescriptor(globalThis, '${name}');
      ({
        name: ${name}.name, length: ${name}.length, tag: ${name}.prototype[Symbol.toStringTag],
        global: [own.writable, own.enumerable, own.configurable],
        hidden: Object.entries(descriptors).filter(([key, { enumerable }]) => key !== 'constructor' && !enumerable).map(([key]) => key),
        lenient: Object.entries(descriptors).filter(([, { get }]) => get !== undefined && !refuses(() => get.call({}))).map(([key]) => key),
        callable: !refuses(() => ${name}('x', {})),
      })`);
    expect(error).toBeNull();
    expect(value).toEqual({
      name,
      length,
      tag: name,
      global: [true, false, true],
      hidden: [],
      lenient: [],
      callable: false,
    });
  });
});

describe('what a run does not have', () => {
  test('says so by name where it is used', async () => {
    const { value } = await evaluate(`
      [() => new WebSocket('wss://example.com'), () => WebAssembly.compile(new Uint8Array())].map((use) => {
        try { use(); } catch (error) { return [error.name, error.message.includes('WebSocket') || error.message.includes('WebAssembly')]; }
      })`);
    expect(value).toEqual([
      ['NotSupportedError', true],
      ['ReferenceError', true],
    ]);
  });

  test('can be detected: there is a class of sockets, as libraries want one when they are configured, and no WebAssembly, for which they have something else', async () => {
    const { value } = await evaluate(
      `[typeof WebSocket, WebSocket.OPEN, typeof WebAssembly, 'WebAssembly' in globalThis]`,
    );
    expect(value).toEqual(['function', 1, 'undefined', false]);
  });
});

describe('channels of messages', () => {
  test('do not keep a run alive', async () => {
    const { value, error } = await evaluate(`
      const { port1 } = new MessageChannel();
      port1.onmessage = () => {};
      new BroadcastChannel('x').onmessage = () => {};
      'done'`);
    expect(error).toBeNull();
    expect(value).toBe('done');
  });

  test('a message that is under way does', async () => {
    const { output } = await evaluate(`
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => console.log(data);
      port2.postMessage('arrives');
      'done'`);
    expect(output).toBe('arrives\n');
  });
});

describe('Atomics', () => {
  test('wait for no longer than the time that is given', async () => {
    const { value } = await evaluate(
      `[Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5), Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)]`,
    );
    expect(value).toEqual(['timed-out', 'not-equal']);
  });
});
