/** Finds, at build time, what QuickJS keeps to itself about modules. */

import type { Instance } from '../machine/instance.ts';
import type { ModuleLayout } from '../machine/memory/image.ts';
import { nativeFunction } from '../machine/native-function.ts';
import { pointerOf } from '../machine/raw-machine.ts';

type NativeFunction = (...args: number[]) => number;

const RUNTIME_BYTES = 1024;
const MODULE_BYTES = 256;
const LOADER_PARAMETERS = 3;
const IMPORT_ARGUMENTS = 5;

/**
 * @param newInstance makes machines without a prelude
 * @throws {Error} where QuickJS is not laid out as expected
 */
export async function discoverModuleLayout(
  newInstance: () => Promise<Instance>,
): Promise<ModuleLayout> {
  const moduleLoader = findLoader(await newInstance());
  const importJob = findImportJob(await newInstance());
  const metaOffset = findMetaOffset(await newInstance(), moduleLoader);
  return { importJob, moduleLoader, metaOffset };
}

/** Of the function pointers that are set with a module loader, the one of the loader's type. */
function findLoader({ runtime, memory, raw }: Instance): number {
  const [address] = raw.addresses;
  const words = (): Uint32Array =>
    new Uint32Array(memory.buffer.slice(address, address + RUNTIME_BYTES));
  const before = words();
  useProbe(runtime);
  const set = [...words()].filter((word, index) => word !== before[index]);
  return theOnly(
    set.filter((word) => functionAt(raw.table, word)?.length === LOADER_PARAMETERS),
    'module loader',
  );
}

/** The job in the queue: `{ link, context, function, argument count, arguments }`. */
function findImportJob({ context, memory, raw }: Instance): number {
  const before = new Uint32Array(memory.buffer.slice(0));
  context.unwrapResult(context.evalCode('import("probe")'));
  const after = new Uint32Array(memory.buffer);
  const found: number[] = [];
  after.forEach((word, index) => {
    if (word !== raw.addresses[1] || before[index] === word) return;
    const job = after[index + 1] ?? 0;
    if (after[index + 2] !== IMPORT_ARGUMENTS) return;
    if (functionAt(raw.table, job)?.length === LOADER_PARAMETERS) found.push(job);
  });
  return theOnly(found, 'import job');
}

/** The field of the module that holds what `import.meta` gave. */
function findMetaOffset(instance: Instance, moduleLoader: number): number {
  const { context, runtime, memory, raw } = instance;
  const loader = functionAt(raw.table, moduleLoader);
  let address = 0;
  raw.table.set(
    moduleLoader,
    nativeFunction(['i32', 'i32', 'i32'], ['i32'], (...args: number[]) => {
      address = loader?.(...args) ?? 0;
      return address;
    }),
  );
  useProbe(runtime);
  context.unwrapResult(context.evalCode('import "probe"', 'entry', { type: 'module' }));
  const meta = context.getProp(context.global, 'meta');
  const view = new DataView(memory.buffer);
  const value = view.getBigInt64(pointerOf(meta), true);
  const found: number[] = [];
  for (let offset = 0; offset < MODULE_BYTES; offset += 8) {
    if (view.getBigInt64(address + offset, true) === value) found.push(offset);
  }
  return theOnly(found, 'import.meta of a module');
}

function useProbe(runtime: Instance['runtime']): void {
  runtime.setModuleLoader(
    () => 'globalThis.meta = import.meta',
    (_base, specifier) => specifier,
  );
}

function functionAt(table: WebAssembly.Table, index: number): NativeFunction | null {
  return index < table.length ? (table.get(index) as NativeFunction | null) : null;
}

function theOnly(found: number[], what: string): number {
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`The ${what} was not found in QuickJS.`);
  }
  return first;
}
