/** Instances of core modules: their imports, the memories that a run grants them, and their exports. */

import type { ImportShape } from '../../../wasm-binary/inspect.ts';
import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { Signature } from '../../../wasm-binary/types.ts';
import type { CompiledModule } from '../../module/compiled.ts';
import type { CoreCallable, CoreValue } from '../abi/context.ts';
import type { CoreItem } from './scope.ts';
import type { Work } from './work.ts';

type CoreExports = ReadonlyMap<string, CoreItem>;

/** What a component's core modules need of memory and tables, in the order of their instantiation. */
export interface MemoryNeeds {
  readonly memories: CompiledModule['bounded']['memories'][number][];
  tableElements: number;
}

/** Takes the memories of a run in the order in which they were planned. */
export interface MemoryGrants {
  next(): WebAssembly.Memory;
}

const sortOf: { readonly [kind in ImportShape['kind']]: CoreItem['sort'] } = {
  function: 'core func',
  table: 'core table',
  memory: 'core memory',
  global: 'core global',
  tag: 'core tag',
};

/** The memories that the module defines, not those that it imports. */
export function ownMemories({ bounded }: CompiledModule) {
  return bounded.memories.filter(({ module }) => module === bounded.memoryModule);
}

/**
 * Finds what each import is given.
 * @param args instances by the module name of imports
 * @throws {MalformedModule}
 */
export function resolveImports(
  { shape }: CompiledModule,
  args: ReadonlyMap<string, CoreExports>,
  offset: number,
  work: Work,
): Map<ImportShape, CoreItem> {
  const found = new Map<ImportShape, CoreItem>();
  for (const entry of shape.imports) {
    const exports = args.get(entry.module);
    const item = exports?.get(entry.name);
    const what = `the import "${entry.name}" of module "${entry.module}"`;
    if (!item) throw new MalformedModule(`missing ${what}`, offset);
    if (item.sort !== sortOf[entry.kind]) {
      throw new MalformedModule(`${what} is a ${entry.kind}, and is given a ${item.sort}`, offset);
    }
    if (item.sort === 'core func' && entry.kind === 'function' && !work.isChecked) {
      checkSignature(item.signature, entry.signature, what, offset);
    }
    found.set(entry, item);
  }
  return found;
}

/** Indices of types mean something within one module only; V8 compares those. */
function checkSignature(given: Signature, wanted: Signature, what: string, offset: number): void {
  const text = ({ params, results }: Signature) =>
    `[${params.join(' ')}] -> [${results.join(' ')}]`;
  const [one, other] = [text(given), text(wanted)];
  if (one === other || `${one}${other}`.includes('(ref')) return;
  throw new MalformedModule(`${what} has the type ${other}, and is given ${one}`, offset);
}

/** What the module exports, without values. */
export function declaredExports({ shape }: CompiledModule): Map<string, CoreItem> {
  return exportItems(shape, () => null);
}

/** @returns the instance, with nothing of it called yet */
export function instantiateModule(
  compiled: CompiledModule,
  imports: ReadonlyMap<ImportShape, CoreItem>,
  grants: MemoryGrants,
): WebAssembly.Instance {
  const given: Record<string, Record<string, WebAssembly.ImportValue>> = Object.create(null);
  const give = (module: string, name: string, value: WebAssembly.ImportValue): void => {
    given[module] ??= Object.create(null) as Record<string, WebAssembly.ImportValue>;
    given[module][name] = value;
  };
  for (const [{ module, name }, item] of imports) {
    if ('value' in item && item.value !== null) give(module, name, item.value);
  }
  for (const { module, name } of ownMemories(compiled)) give(module, name, grants.next());
  return new WebAssembly.Instance(compiled.module, given);
}

export function instanceExports(
  { shape }: CompiledModule,
  { exports }: WebAssembly.Instance,
): Map<string, CoreItem> {
  return exportItems(shape, (name) => exports[name] ?? null);
}

function exportItems(
  { exports, functions }: CompiledModule['shape'],
  valueNamed: (name: string) => WebAssembly.ExportValue | null,
): Map<string, CoreItem> {
  const items = new Map<string, CoreItem>();
  for (const { name, kind, index } of exports) {
    const value = valueNamed(name);
    switch (kind) {
      case 'function':
        items.set(name, {
          sort: 'core func',
          signature: functions[index] ?? { params: [], results: [] },
          value,
          callable: typeof value === 'function' ? exportedFunction(value) : null,
        });
        break;
      case 'memory':
        items.set(name, {
          sort: 'core memory',
          value: value instanceof WebAssembly.Memory ? value : null,
        });
        break;
      case 'table':
        items.set(name, { sort: 'core table', value });
        break;
      case 'global':
        items.set(name, { sort: 'core global', value });
        break;
      case 'tag':
        items.set(name, { sort: 'core tag', value });
        break;
    }
  }
  return items;
}

/** A function that WebAssembly exports. */
export function exportedFunction(exported: (...args: never[]) => unknown): CoreCallable {
  let waiting: CoreCallable['waiting'] | null = null;
  return {
    now: exported as CoreCallable['now'],
    waiting: (...args: CoreValue[]) => {
      waiting ??= WebAssembly.promising(exported);
      return waiting(...args);
    },
  };
}
