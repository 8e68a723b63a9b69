/** What is run: the smallest script and module that do something. */

import { createHash } from 'node:crypto';

export const helloScript = 'const name = "world"; "hello " + name';

/** `(module (func (export "run") (result i32) (i32.const 42)))` */
export const helloModule = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x00],
  ...[0x0a, 0x06, 0x01, 0x04, 0x00, 0x41, 0x2a, 0x0b],
]);

export function sha256Of(code: Uint8Array): string {
  return createHash('sha256').update(code).digest('hex');
}

/** Scripts of many kinds: what a function has been asked to run after a while. */
export const mixture: Readonly<Record<string, string>> = {
  'objects.js':
    'let sum = 0; for (let i = 0; i < 20_000; i++) { const o = { a: i, b: { c: i } }; sum += o.a + o.b.c; } sum',
  'json.js':
    'JSON.parse(JSON.stringify(Array.from({ length: 5000 }, (_, id) => ({ id, name: "n" + id })))).length',
  'text.js': '"the quick brown fox ".repeat(20_000).replaceAll(/(\\w+) (\\w+)/g, "$2 $1").length',
  'web.js':
    'const url = new URL("https://example.com/?a=1"); const text = btoa(new TextEncoder().encode(url.href).join()); (await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).byteLength',
  'memory.js':
    'const kept = []; for (let i = 0; i < 50; i++) kept.push(new Uint8Array(1 << 20).fill(i)); kept.length',
  'output.js': 'for (let i = 0; i < 2000; i++) console.log("line", i, { i });',
  'result.js': '"x".repeat(500_000)',
  'fails.js': 'throw new TypeError("as expected")',
  'library.js': `${Array.from({ length: 3000 }, (_, i) => `const f${i} = (a) => ({ v: a + ${i}, w: [a, ${i}] });`).join('\n')} f7(1).v`,
};

/** A module of about this size: functions that nobody calls, and `run`. */
export function largeModule(bytes: number): Uint8Array {
  const unsigned = (value: number): number[] => {
    const more = value >>> 7;
    return more === 0 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(more)];
  };
  const section = (id: number, content: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from([id, ...unsigned(content.length)]), content]);
  // (i32.const 1) (i32.add), over and over, behind (i32.const 42).
  const repeated = Buffer.from([0x41, 0x01, 0x6a]);
  const body = Buffer.concat([
    Buffer.from([0x00, 0x41, 0x2a]),
    ...Array.from({ length: 1000 }, () => repeated),
    Buffer.from([0x0b]),
  ]);
  const entry = Buffer.concat([Buffer.from(unsigned(body.length)), body]);
  const count = Math.floor(bytes / entry.length);
  return Buffer.concat([
    Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]),
    section(1, Buffer.from([0x01, 0x60, 0x00, 0x01, 0x7f])),
    section(3, Buffer.concat([Buffer.from(unsigned(count)), Buffer.alloc(count)])),
    section(7, Buffer.from([0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x00])),
    section(10, Buffer.concat([Buffer.from(unsigned(count)), ...Array(count).fill(entry)])),
  ]);
}
