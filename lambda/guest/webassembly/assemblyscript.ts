/**
 * What programs of AssemblyScript import from `env` where they are compiled without WASI: its runtime
 * (`abort`, `seed`, `trace`) and the functions of JavaScript that its standard library calls by their
 * names there. https://www.assemblyscript.org/concepts.html#special-imports
 */

import type { RunHost } from '../runtime/runtime.ts';
import type { Signature } from '../wasm-binary/types.ts';
import { halt } from './module/halt.ts';
import type { HostFunction } from './module/link.ts';
import type { GuestMemory } from './module/memory.ts';

/** Of what `abort` tells. */
const MAX_ABORT_BYTES = 4096;

type Stream = 'stdout' | 'stderr';

const consoleStreams: { readonly [name: string]: Stream } = {
  'console.log': 'stdout',
  'console.debug': 'stdout',
  'console.info': 'stdout',
  'console.warn': 'stderr',
  'console.error': 'stderr',
};

/**
 * @param memory the memory of the instance; called while the guest runs
 */
export function assemblyScriptFunctions(
  host: Pick<RunHost, 'write' | 'room'>,
  memory: () => GuestMemory,
): [name: string, HostFunction][] {
  const startMs = performance.now();
  const print = (name: string, stream: Stream, pointer: number, rest = '', before = ''): void => {
    // Each unit of UTF-16 becomes a byte or more: one unit beyond the room shows that the text is cut.
    const maxBytes = 2 * (host.room(stream) + 1);
    const shown = pointer === 0 ? 'null' : managedString(memory(), pointer, maxBytes);
    if (shown === null) {
      halt({ kind: 'trap', message: `${name}: no string in memory at ${pointer >>> 0}` });
    }
    host.write(stream, Buffer.from(`${before}${shown}${rest}\n`));
  };
  return [
    [
      'abort',
      hostFunction(abortSignature, (message: number, file: number, line: number, column: number) =>
        halt({
          kind: 'trap',
          message: `abort: ${abortText(memory(), message)} in ${abortText(memory(), file)} (${line}:${column})`,
        }),
      ),
    ],
    ['seed', hostFunction(fraction, randomFraction)],
    [
      'trace',
      hostFunction(traceSignature, (message: number, count: number, ...numbers: number[]) => {
        const shown = numbers.slice(0, Math.max(0, count)).map(showNumber);
        print('trace', 'stdout', message, shown.map((number) => ` ${number}`).join(''));
      }),
    ],
    ['Date.now', hostFunction(fraction, Date.now)],
    ['performance.now', hostFunction(fraction, () => performance.now() - startMs)],
    ['Math.random', hostFunction(fraction, randomFraction)],
    [
      'process.exit',
      hostFunction(text, (code: number) => halt({ kind: 'exit', code: code >>> 0 })),
    ],
    ...Object.entries(consoleStreams).map(([name, stream]): [string, HostFunction] => [
      name,
      hostFunction(text, (pointer: number) => print(name, stream, pointer)),
    ]),
    [
      'console.assert',
      hostFunction(assertion, (holds: number, pointer: number) => {
        if (holds === 0) print('console.assert', 'stderr', pointer, '', 'Assertion failed: ');
      }),
    ],
  ];
}

const text: Signature = { params: ['i32'], results: [] };
const assertion: Signature = { params: ['i32', 'i32'], results: [] };
const fraction: Signature = { params: [], results: ['f64'] };
const abortSignature: Signature = { params: ['i32', 'i32', 'i32', 'i32'], results: [] };
const traceSignature: Signature = {
  params: ['i32', 'i32', 'f64', 'f64', 'f64', 'f64', 'f64'],
  results: [],
};

function hostFunction(signature: Signature, value: WebAssembly.ImportValue): HostFunction {
  return { signatures: [signature], value: () => value };
}

/** As `console.log` prints it. */
function showNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function abortText(memory: GuestMemory, pointer: number): string {
  return managedString(memory, pointer, MAX_ABORT_BYTES) ?? '(unknown)';
}

/**
 * A string as AssemblyScript holds it: UTF-16, its size in bytes before it.
 * @returns `null` where there is none
 */
function managedString(memory: GuestMemory, pointer: number, maxBytes: number): string | null {
  const header = pointer === 0 ? null : memory.bytes((pointer >>> 0) - 4, 4);
  if (!header) return null;
  const size = new DataView(header.buffer, header.byteOffset, 4).getUint32(0, true);
  const content = memory.bytes(pointer, Math.min(size, maxBytes) & ~1);
  return content && utf16.decode(content);
}

const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });

/**
 * AssemblyScript seeds its `Math.random` with it. Not the process's own `Math.random`: from a few of
 * its values all later ones, those of other runs, can be computed.
 * @returns 0 or more, less than 1, with 53 random bits
 */
function randomFraction(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}
