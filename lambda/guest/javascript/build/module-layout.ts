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
  const { instance, address } = evaluateProbe(await newInstance(), moduleLoader, metaProbe);
  const metaOffset = findMetaOffset(instance, address);
  const awaiting = evaluateProbe(await newInstance(), moduleLoader, 'await 0');
  const stateOffset = findStateOffset({ instance, address }, awaiting);
  return { importJob, moduleLoader, metaOffset, stateOffset };
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

interface Evaluated {
  readonly instance: Instance;
  /** Of the module. */
  readonly address: number;
}

const metaProbe = 'globalThis.meta = import.meta';

function evaluateProbe(instance: Instance, moduleLoader: number, source: string): Evaluated {
  const { context, runtime, raw } = instance;
  const loader = functionAt(raw.table, moduleLoader);
  let address = 0;
  raw.table.set(
    moduleLoader,
    nativeFunction(['i32', 'i32', 'i32'], ['i32'], (...args: number[]) => {
      address = loader?.(...args) ?? 0;
      return address;
    }),
  );
  useProbe(runtime, source);
  context.unwrapResult(context.evalCode('import "probe"', 'entry', { type: 'module' }));
  return { instance, address };
}

/** The field of the module that holds what `import.meta` gave. */
function findMetaOffset({ context, memory }: Instance, address: number): number {
  const meta = context.getProp(context.global, 'meta');
  const view = new DataView(memory.buffer);
  const value = view.getBigInt64(pointerOf(meta), true);
  const found: number[] = [];
  for (let offset = 0; offset < MODULE_BYTES; offset += 8) {
    if (view.getBigInt64(address + offset, true) === value) found.push(offset);
  }
  return theOnly(found, 'import.meta of a module');
}

/** The four bytes that say how far a module is, by their values in one that is done and in one that awaits. */
function findStateOffset(done: Evaluated, awaiting: Evaluated): number {
  const found: number[] = [];
  for (let offset = 0; offset < MODULE_BYTES; offset += 4) {
    const states = [done, awaiting].map(({ instance, address }) =>
      String(new Uint8Array(instance.memory.buffer, address + offset, 4)),
    );
    if (String(states) === '0,1,1,5,1,1,1,4') found.push(offset);
  }
  return theOnly(found, 'state of a module');
}

function useProbe(runtime: Instance['runtime'], source = metaProbe): void {
  runtime.setModuleLoader(
    () => source,
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
