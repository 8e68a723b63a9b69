/**
 * The functions that `@wasmer/wasi` serves: arguments, environment and `sched_yield`. It encodes them
 * right, checks every pointer, and needs no other part of the system.
 *
 * The package never sees the guest's module: it is bound to a module of ours that imports just these
 * functions and re-exports the guest's memory, so that no guest can make it fail by its shape.
 */

import type { WASI } from '@wasmer/wasi';
import { section, text, vector } from '../../wasm-binary/writer.ts';

export const wasmerFunctions = [
  'args_get',
  'args_sizes_get',
  'environ_get',
  'environ_sizes_get',
  'sched_yield',
] as const;

type WasmerFunction = (typeof wasmerFunctions)[number];

type Package = typeof import('@wasmer/wasi');

let loaded: Promise<Package> | null = null;

/** Loads the package (40 to 60 ms) once per process. */
export async function loadWasmer(): Promise<Package> {
  loaded ??= import('@wasmer/wasi').then(async (library) => {
    await library.init();
    return library;
  });
  return loaded;
}

export interface WasmerBinding {
  readonly functions: Readonly<Record<WasmerFunction, WebAssembly.ImportValue>>;
  /**
   * Frees what the package holds for this run.
   * @returns whether the package is sound: where one of its functions threw (the guest's stack may
   * have been full), its state, which all runs share, may have been left half changed
   */
  release(): boolean;
}

/**
 * @param args program name first
 * @param env names without `=`, nothing with a NUL character
 */
export function bindWasmer(
  { WASI }: Package,
  memory: WebAssembly.Memory,
  args: readonly string[],
  env: { readonly [name: string]: string },
): WasmerBinding {
  shim ??= new WebAssembly.Module(encodeShim());
  const wasi: WASI = new WASI({ args: [...args], env: { ...env }, preopens: {} });
  let sound = true;
  const guarded =
    (operation: (...parameters: number[]) => number) =>
    (...parameters: number[]): number => {
      try {
        return operation(...parameters);
      } catch (error) {
        sound = false;
        throw error;
      }
    };
  const imports = wasi.getImports(shim) as WebAssembly.Imports;
  const instance = new WebAssembly.Instance(shim, { ...imports, guest: { memory } });
  wasi.instantiate(instance);
  const exports = instance.exports as Record<WasmerFunction, (...parameters: number[]) => number>;
  return {
    functions: {
      args_get: guarded(exports.args_get),
      args_sizes_get: guarded(exports.args_sizes_get),
      environ_get: guarded(exports.environ_get),
      environ_sizes_get: guarded(exports.environ_sizes_get),
      sched_yield: guarded(exports.sched_yield),
    },
    release() {
      if (sound) wasi.free();
      return sound;
    },
  };
}

let shim: WebAssembly.Module | null = null;

/**
 * `(module (import "wasi_snapshot_preview1" "args_get" (func …)) … (import "guest" "memory" (memory 0))
 * (export "args_get" (func 0)) … (export "memory" (memory 0)))`
 */
function encodeShim(): Uint8Array<ArrayBuffer> {
  const i32 = 0x7f;
  const binary = [0x60, 2, i32, i32, 1, i32];
  const nullary = [0x60, 0, 1, i32];
  const functions = wasmerFunctions.map((name) => ({ name, type: name === 'sched_yield' ? 1 : 0 }));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([[Uint8Array.from(binary)], [Uint8Array.from(nullary)]])),
    ...section(
      2,
      vector([
        ...functions.map(({ name, type }) => [
          text('wasi_snapshot_preview1'),
          text(name),
          Uint8Array.of(0, type),
        ]),
        [text('guest'), text('memory'), Uint8Array.of(2, 0, 0)],
      ]),
    ),
    ...section(
      7,
      vector([
        ...functions.map(({ name }, index) => [text(name), Uint8Array.of(0, index)]),
        [text('memory'), Uint8Array.of(2, 0)],
      ]),
    ),
  ]);
}
