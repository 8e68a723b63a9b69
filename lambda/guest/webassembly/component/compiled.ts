/** Components that are ready to be instantiated: read, checked, and their core modules compiled. */

import { MalformedModule } from '../../wasm-binary/reader.ts';
import { type CompiledModule, compileModule, weightOf } from '../module/compiled.ts';
import { grantPages, UnsupportedModule } from '../module/limits.ts';
import { readComponent } from './binary/component-reader.ts';
import type { ComponentBinary, Definition } from './binary/definitions.ts';
import type { HostInterface } from './host.ts';
import type { MemoryNeeds } from './link/core-instances.ts';
import { HostLinker } from './link/host-linker.ts';
import { Instantiation } from './link/instantiation.ts';
import type { Exports, Item } from './link/scope.ts';

export interface CompiledComponent {
  readonly binary: ComponentBinary;
  /** Of it and of all components within it, by their definitions. */
  readonly modules: ReadonlyMap<Definition, CompiledModule>;
  /** Memories and tables of all instances of its modules. */
  readonly needs: MemoryNeeds;
  /** What it exports, with types; nothing of it can be called. */
  readonly exports: Exports;
  /** What the host gave for its imports when it was checked. */
  readonly imports: ReadonlyMap<string, Item>;
  /** Something that it imports may wait. */
  readonly mayBlock: boolean;
  /** What it takes in memory while it is kept. */
  readonly weight: number;
  /** Where an offset in the largest of its modules lies in the file: V8 does not tell which it is. */
  readonly offsetInFile: (offset: number) => number;
}

/** Each core module costs V8 some hundred KiB, however small it is. */
const MAX_MODULES = 200;
/** Each reserves gigabytes of address space. */
const MAX_MEMORIES = 64;
/** What a definition takes of the heap, beside the bytes of core modules. */
const DEFINITION_FACTOR = 12;

/**
 * @param interfaces what the host offers
 * @param memoryBytes limit of the run: a component that needs more to start is not compiled
 * @throws {MalformedModule} {UnsupportedModule} {MissingImports} {MemoryDemand}
 *   {WebAssembly.CompileError}
 */
export async function compileComponent(
  bytes: Uint8Array,
  interfaces: readonly HostInterface[],
  memoryBytes: number,
): Promise<CompiledComponent> {
  const binary = readComponent(bytes);
  const modules = new Map<Definition, CompiledModule>();
  let weight = 0;
  for (const definition of moduleDefinitions(binary)) {
    if (modules.size >= MAX_MODULES) {
      throw new UnsupportedModule(`The component has more than ${MAX_MODULES} core modules.`);
    }
    const code = bytes.subarray(definition.start, definition.end);
    const compiled = compileAt(code, definition.start, memoryBytes);
    checkImports(compiled, definition.start);
    modules.set(definition, compiled);
    weight += weightOf(code, compiled.shape) - code.length;
  }
  const checked = new Instantiation(modules, null);
  const linker = new HostLinker(interfaces, checked.work);
  const exports = await checked.instantiate({ binary, scope: null }, linker.supply, null, false);
  linker.reportMissing();
  if (checked.needs.memories.length > MAX_MEMORIES) {
    throw new UnsupportedModule(
      `The component has ${checked.needs.memories.length} memories; at most ${MAX_MEMORIES} can run.`,
    );
  }
  grantPages(checked.needs, memoryBytes);
  const declared = bytes.length - [...modules.keys()].reduce((sum, each) => sum + sizeOf(each), 0);
  return {
    binary,
    modules,
    needs: checked.needs,
    exports,
    imports: linker.given,
    mayBlock: linker.mayBlock,
    offsetInFile: offsetInLargest(modules),
    weight: weight + bytes.length + declared * DEFINITION_FACTOR,
  };
}

/** Within a component each import of a core module has a name of its own. */
function checkImports({ shape: { imports } }: CompiledModule, offset: number): void {
  const seen = new Set<string>();
  for (const { module, name } of imports) {
    const key = `${module}\0${name}`;
    if (seen.has(key))
      throw new MalformedModule(`duplicate import name "${module}:${name}"`, offset);
    seen.add(key);
  }
}

type ModuleDefinition = Extract<Definition, { readonly op: 'core module' }>;

function* moduleDefinitions({ definitions }: ComponentBinary): Generator<ModuleDefinition> {
  for (const definition of definitions) {
    if (definition.op === 'core module') yield definition;
    if (definition.op === 'component') yield* moduleDefinitions(definition.component);
  }
}

function offsetInLargest(
  modules: ReadonlyMap<Definition, CompiledModule>,
): CompiledComponent['offsetInFile'] {
  const [largest] = [...modules].sort(([one], [other]) => sizeOf(other) - sizeOf(one));
  if (!largest) return (offset) => offset;
  const [{ offset: start }, { bounded }] = largest;
  return (offset) => start + bounded.offsetInFile(offset);
}

function sizeOf(definition: Definition): number {
  return definition.op === 'core module' ? definition.end - definition.start : 0;
}

/** Errors name the core module by where it lies in the component. */
function compileAt(code: Uint8Array, start: number, memoryBytes: number): CompiledModule {
  try {
    return compileModule(code, memoryBytes);
  } catch (error) {
    const place = `the core module at offset ${start}`;
    if (error instanceof MalformedModule) {
      throw new MalformedModule(
        `in ${place}: ${error.message.replace(/ @\+\d+$/, '')}`,
        start + error.offset,
      );
    }
    if (error instanceof UnsupportedModule)
      throw new UnsupportedModule(`In ${place}: ${error.message}`);
    if (error instanceof WebAssembly.CompileError) {
      const message = error.message.replace(/^WebAssembly\.\w+\(\):?\s*/, '');
      throw new WebAssembly.CompileError(`in ${place}: ${message}`);
    }
    throw error;
  }
}
