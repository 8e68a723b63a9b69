/** Programs in TypeScript over the sources that packages ship, beside or in place of what is compiled. */

export interface TypeScriptProgram {
  readonly name: string;
  /** Paths in the folder of packages, by the names that the program imports. */
  readonly imports: { readonly [name: string]: string };
  /** Its default export is called; what that throws has its places compared. */
  readonly code: string;
}

/** Of packages that this repository has. */
export const ownPrograms: readonly TypeScriptProgram[] = [
  {
    name: 'zod',
    imports: { zod: 'zod/src/index.ts' },
    code: `import * as z from 'zod';
const Order = z.object({
  id: z.string().regex(/^o\\d+$/),
  lines: z.array(z.object({ sku: z.string().min(1), count: z.int().positive() })).nonempty(),
  when: z.iso.datetime().optional(),
  kind: z.enum(['new', 'old']).default('new'),
  tags: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
type Order = z.infer<typeof Order>;
const total = (order: Order): number => order.lines.reduce((sum, { count }) => sum + count, 0);
export default () => [
  total(Order.parse({ id: 'o1', lines: [{ sku: 'a', count: 2 }, { sku: 'b', count: 3 }] })),
  Order.safeParse({ id: 'x', lines: [], when: 'now', tags: { a: true } }).error?.issues,
  z.toJSONSchema(Order),
  z.templateLiteral(['a', z.number()]).safeParse('a12').success,
  z.treeifyError(z.object({ a: z.email() }).safeParse({ a: 'b' }).error!),
];`,
  },
  {
    name: 'zod, a failure',
    imports: { zod: 'zod/src/index.ts' },
    code: `import * as z from 'zod';
interface Row { readonly a: number }
const schema: z.ZodType<Row> = z.object({ a: z.number() });

export default (): Row => {
  return schema.parse({ a: 'no' });
};`,
  },
  {
    name: 'openai',
    imports: {
      partial: 'openai/src/_vendor/partial-json-parser/parser.ts',
      qs: 'openai/src/internal/qs/index.ts',
      line: 'openai/src/internal/decoders/line.ts',
    },
    code: `import { partialParse } from 'partial';
import { stringify } from 'qs';
import { LineDecoder } from 'line';
export default () => {
  const decoder = new LineDecoder();
  const chunks: string[] = ['data: {"a"', ':1}\\r', '\\n\\ndata: ü', '\\n'];
  return [
    partialParse('{"a": [1, 2, {"b": "te'),
    partialParse('[1, 2, nul'),
    stringify({ a: { b: [1, 'ü &'] }, c: null, d: undefined, e: new Date(0) }, { arrayFormat: 'brackets' }),
    stringify({ a: ['x', 'y'] }, { arrayFormat: 'indices', encode: false } as const),
    chunks.flatMap((chunk) => decoder.decode(new TextEncoder().encode(chunk))),
    decoder.flush(),
  ];
};`,
  },
  {
    name: 'openai, a failure',
    imports: { partial: 'openai/src/_vendor/partial-json-parser/parser.ts' },
    code: `import { partialParse } from 'partial';
declare const never: unique symbol;
export default () => partialParse('{"a": x');`,
  },
  {
    name: 'eventsource-parser',
    imports: {
      parser: 'eventsource-parser/src/index.ts',
      stream: 'eventsource-parser/src/stream.ts',
    },
    code: `import { createParser, type EventSourceMessage } from 'parser';
import { EventSourceParserStream } from 'stream';
export default async () => {
  const events: (EventSourceMessage | number | string)[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onRetry: (ms) => events.push(ms),
    onError: (error) => events.push(error.type),
  });
  for (const part of ['id: 1\\ndata: a\\nda', 'ta: b\\n\\nretry: 10\\n', 'nothing\\nevent: end\\ndata:\\n\\n']) parser.feed(part);
  const stream = new Blob(['data: 1\\n\\ndata: 2\\n\\n']).stream()
    .pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of stream) events.push(data);
  return events;
};`,
  },
  {
    name: 'eventsource-parser, a failure',
    imports: { parser: 'eventsource-parser/src/index.ts' },
    code: `import { createParser } from 'parser';
abstract class Base { abstract run(): void }
class Sub extends Base { constructor(private readonly text: string) { super() } run() { createParser({ onEvent: () => { throw new RangeError(this.text) } }).feed('data: 1\\n\\n') } }
export default () => new Sub('in the event').run();`,
  },
  {
    name: '@noble/hashes',
    imports: {
      sha3: '@noble/hashes/src/sha3.ts',
      sha2: '@noble/hashes/src/sha2.ts',
      blake3: '@noble/hashes/src/blake3.ts',
      hkdf: '@noble/hashes/src/hkdf.ts',
      scrypt: '@noble/hashes/src/scrypt.ts',
      utils: '@noble/hashes/src/utils.ts',
      '@noble/hashes/crypto': '@noble/hashes/src/crypto.ts',
    },
    code: `import { keccak_256, sha3_512 } from 'sha3';
import { sha256, sha512 } from 'sha2';
import { blake3 } from 'blake3';
import { hkdf } from 'hkdf';
import { scrypt } from 'scrypt';
import { bytesToHex, utf8ToBytes, hexToBytes } from 'utils';
export default () => [sha3_512('abc'), keccak_256('abc'), sha256('abc'), sha512(utf8ToBytes('ü')), blake3('abc', { dkLen: 40 }),
  hkdf(sha256, 'key', 'salt', 'info', 42), scrypt('pass', 'salt', { N: 16, r: 8, p: 1, dkLen: 32 }), hexToBytes('00ff')].map(bytesToHex);`,
  },
  {
    name: '@noble/hashes, a failure',
    imports: {
      sha2: '@noble/hashes/src/sha2.ts',
      '@noble/hashes/crypto': '@noble/hashes/src/crypto.ts',
    },
    code: `import { sha256 } from 'sha2';
export default () => sha256.create().update(<any>12).digest();`,
  },
  {
    name: '@jridgewell/gen-mapping and trace-mapping',
    imports: {
      gen: '@jridgewell/gen-mapping/src/gen-mapping.ts',
      trace: '@jridgewell/trace-mapping/src/trace-mapping.ts',
      '@jridgewell/trace-mapping': '@jridgewell/trace-mapping/src/trace-mapping.ts',
      '@jridgewell/sourcemap-codec': '@jridgewell/sourcemap-codec/src/sourcemap-codec.ts',
      '@jridgewell/resolve-uri': '@jridgewell/resolve-uri/dist/resolve-uri.mjs',
    },
    code: `import { GenMapping, maybeAddMapping, setSourceContent, toEncodedMap } from 'gen';
import { TraceMap, originalPositionFor, generatedPositionFor, eachMapping } from 'trace';
export default () => {
  const map = new GenMapping({ file: 'out.js', sourceRoot: 'src' });
  for (const line of [1, 2, 5]) {
    maybeAddMapping(map, { generated: { line, column: line * 3 }, source: 'a.ts', original: { line: line * 2, column: 1 }, name: 'n' + line });
  }
  setSourceContent(map, 'a.ts', 'text');
  const encoded = toEncodedMap(map);
  const traced = new TraceMap(encoded as any, 'https://x.example/maps/out.map');
  const seen: unknown[] = [];
  eachMapping(traced, (mapping) => seen.push(mapping));
  return [encoded.mappings, originalPositionFor(traced, { line: 2, column: 9 }), generatedPositionFor(traced, { source: 'a.ts', line: 10, column: 1 }), seen];
};`,
  },
  {
    name: '@jridgewell/trace-mapping, a failure',
    imports: {
      trace: '@jridgewell/trace-mapping/src/trace-mapping.ts',
      '@jridgewell/sourcemap-codec': '@jridgewell/sourcemap-codec/src/sourcemap-codec.ts',
      '@jridgewell/resolve-uri': '@jridgewell/resolve-uri/dist/resolve-uri.mjs',
    },
    code: `import { TraceMap, originalPositionFor } from 'trace';
export default () => originalPositionFor(
  new TraceMap({ version: 3, mappings: '', sources: [], names: [] }),
  { line: 0, column: 0 } satisfies { line: number; column: number },
);`,
  },
  {
    name: '@jridgewell/sourcemap-codec',
    imports: { codec: '@jridgewell/sourcemap-codec/src/sourcemap-codec.ts' },
    code: `import { decode, encode, encodeOriginalScopes, decodeOriginalScopes, type SourceMapMappings } from 'codec';
const lines: SourceMapMappings = [[[0], [2, 0, 1, 3], [9, 1, 70000, 0, 2]], [], [[-1 + 1, 0, 0, 0]]];
export default () => {
  const text: string = encode(lines);
  return [text, decode(text), decode('AAAA,;;EAEE,gggB')];
};`,
  },
  {
    name: '@aws-crypto/sha256-js',
    imports: {
      sha256: '@aws-crypto/sha256-js/src/RawSha256.ts',
      constants: '@aws-crypto/sha256-js/src/constants.ts',
    },
    code: `import { RawSha256 } from 'sha256';
import { DIGEST_LENGTH, MAX_HASHABLE_LENGTH as most } from 'constants';
namespace Hex { export const of = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') }
export default () => [DIGEST_LENGTH, most, ...['', 'abc', 'x'.repeat(1000)].map((text) => {
  const hash = new RawSha256();
  hash.update(new TextEncoder().encode(text));
  return Hex.of(hash.digest());
})];`,
  },
  {
    name: '@aws-crypto/sha256-js, a failure',
    imports: { sha256: '@aws-crypto/sha256-js/src/RawSha256.ts' },
    code: `import { RawSha256 } from 'sha256';
export default () => {
  const hash = new RawSha256();
  hash.digest();
  hash.update(new Uint8Array([1]));
};`,
  },
];

/** Versions of packages that this repository does not have. */
export const sourcePackages = {
  '@msgpack/msgpack': '3.1.3',
  '@noble/ciphers': '2.4.0',
  '@noble/curves': '2.4.0',
  '@scure/base': '2.4.0',
  '@tanstack/store': '0.11.2',
};

export const installedPrograms: readonly TypeScriptProgram[] = [
  {
    name: '@msgpack/msgpack',
    imports: { msgpack: '@msgpack/msgpack/src/index.ts' },
    code: `import { encode, decode, decodeMulti, ExtensionCodec, Encoder } from 'msgpack';
class Money { constructor(public readonly cents: number, readonly currency: string) {} }
const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: (value: unknown) => value instanceof Money ? encode([value.cents, value.currency]) : null,
  decode: (data) => new Money(...(decode(data) as [number, string])),
});
export default () => {
  const value = { a: [1, -1, 2 ** 40, 1.5, null, true], text: 'ü€😀'.repeat(50), money: new Money(5, 'EUR'), when: new Date(1e12) };
  const bytes: Uint8Array = encode(value, { extensionCodec });
  return [[...bytes].slice(0, 60), decode(bytes, { extensionCodec }), [...decodeMulti(new Uint8Array([1, 2, 0xa1, 97]))], new Encoder().encode(new Map([[1, 2]])).length];
};`,
  },
  {
    name: '@msgpack/msgpack, a failure',
    imports: { msgpack: '@msgpack/msgpack/src/index.ts' },
    code: `import { decode } from 'msgpack';
type Bytes = ArrayLike<number>;

export default (): unknown => decode(<Bytes>[0x91, 1, 2]);`,
  },
  {
    name: '@noble/ciphers',
    imports: {
      aes: '@noble/ciphers/src/aes.ts',
      chacha: '@noble/ciphers/src/chacha.ts',
      utils: '@noble/ciphers/src/utils.ts',
    },
    code: `import { gcm, gcmsiv, ctr } from 'aes';
import { xchacha20poly1305, chacha20 } from 'chacha';
import { bytesToHex, utf8ToBytes } from 'utils';
const key = new Uint8Array(32).fill(7), text = utf8ToBytes('secret ü');
export default () => [
  gcm(key, key.subarray(0, 12)).encrypt(text), gcmsiv(key, key.subarray(0, 12)).encrypt(text), ctr(key, key.subarray(0, 16)).encrypt(text),
  xchacha20poly1305(key, key.subarray(0, 24)).encrypt(text), chacha20(key, key.subarray(0, 12), text),
].map((bytes) => bytesToHex(bytes));`,
  },
  {
    name: '@noble/ciphers, a failure',
    imports: { aes: '@noble/ciphers/src/aes.ts' },
    code: `import { gcm } from 'aes';
export default () => gcm(new Uint8Array(32), new Uint8Array(12)).decrypt(new Uint8Array(20));`,
  },
  {
    name: '@noble/curves',
    imports: {
      ed: '@noble/curves/src/ed25519.ts',
      secp: '@noble/curves/src/secp256k1.ts',
      '@noble/hashes/sha2.js': '@noble/hashes/src/sha2.ts',
      '@noble/hashes/sha3.js': '@noble/hashes/src/sha3.ts',
      '@noble/hashes/hmac.js': '@noble/hashes/src/hmac.ts',
      '@noble/hashes/utils.js': '@noble/hashes/src/utils.ts',
    },
    code: `import { ed25519, x25519 } from 'ed';
import { secp256k1 } from 'secp';
const secret = new Uint8Array(32).fill(3), text = new TextEncoder().encode('abc');
export default () => {
  const signature = ed25519.sign(text, secret);
  const signed = secp256k1.sign(text, secret);
  return [[...signature], ed25519.verify(signature, text, ed25519.getPublicKey(secret)), [...x25519.getPublicKey(secret)],
    [...signed], secp256k1.verify(signed, text, secp256k1.getPublicKey(secret))];
};`,
  },
  {
    name: '@scure/base',
    imports: { base: '@scure/base/index.ts' },
    code: `import { base58, base64urlnopad, bech32, base32, base16 } from 'base';
export default () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, index) => index * 13);
  return [base58.encode(bytes), base64urlnopad.encode(bytes), base32.encode(bytes), bech32.encode('bc', bech32.toWords(bytes)), [...base58.decode('2NEpo7TZRRrLZSi2U')], base16.encode(bytes)];
};`,
  },
  {
    name: '@scure/base, a failure',
    imports: { base: '@scure/base/index.ts' },
    code: `import { base32 } from 'base';
enum Given { Text = 'not base32!' }
export default () => base32.decode(Given.Text);`,
  },
  {
    name: '@tanstack/store',
    imports: { store: '@tanstack/store/src/index.ts' },
    code: `import * as all from 'store';
export default () => Object.keys(all).sort();`,
  },
];
