/** Modules that are ready to be instantiated, kept by the hash of their code. */

import type { CodeBudget, Shelf } from '../../runtime/code-budget.ts';
import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import { inspect, readPreamble } from '../../wasm-binary/inspect.ts';
import { MalformedModule } from '../../wasm-binary/reader.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import type { BoundedModule } from './limits.ts';
import { bound, grantPages, UnsupportedModule } from './limits.ts';

export interface CompiledModule {
  readonly module: WebAssembly.Module;
  readonly shape: ModuleShape;
  /** Without its bytes: V8 has its own copy. */
  readonly bounded: Omit<BoundedModule, 'bytes'>;
}

/** A module is resident as V8's copy of its code, as what V8 has read of it and as machine code. */
const CODE_FACTOR = 3;
const MAX_KEPT_MODULES = 64;

export class CompiledModules {
  readonly #kept: Shelf<CompiledModule>;

  /** @param budget that all modules count against: those that weigh more are compiled for each run */
  constructor(budget: CodeBudget) {
    this.#kept = budget.shelf(MAX_KEPT_MODULES);
  }

  /**
   * The module of that hash, compiled now unless it has been kept.
   * @param memoryBytes limit of the run: a module that needs more to start is not compiled
   * @throws {MalformedModule} {UnsupportedModule} {MemoryDemand} {WebAssembly.CompileError}
   */
  obtain(sha256: string, code: Uint8Array, memoryBytes: number): CompiledModule {
    const kept = this.#kept.get(sha256);
    if (kept) return kept;
    const compiled = compileModule(code, memoryBytes);
    this.#kept.set(sha256, compiled, weightOf(code, compiled.shape));
    return compiled;
  }

  has(sha256: string): boolean {
    return this.#kept.get(sha256) !== undefined;
  }

  hashes(): readonly string[] {
    return this.#kept.keys();
  }
}

/** What a module takes in memory. Declarations take many times their size in the file once read. */
export function weightOf(code: Uint8Array, { sections }: ModuleShape): number {
  const declared = sections
    .filter(({ id }) => declarations.has(id))
    .reduce((sum, { content }) => sum + content.end - content.start, 0);
  return CODE_FACTOR * code.length + declared * 32;
}

const declarations: ReadonlySet<number> = new Set([
  sectionId.type,
  sectionId.import,
  sectionId.function,
  sectionId.export,
]);

/**
 * @param memoryBytes limit of the run
 * @throws {MalformedModule} {UnsupportedModule} {MemoryDemand} {WebAssembly.CompileError}
 */
export function compileModule(code: Uint8Array, memoryBytes: number): CompiledModule {
  rejectOtherKinds(code);
  const shape = inspectOrExplain(code);
  const { bytes, ...bounded } = bound(code, shape);
  grantPages(bounded, memoryBytes);
  return { module: compileOrExplain(bytes, code), shape, bounded };
}

/** The error of an invalid module has the offset in the file, not in the rewritten module. */
function compileOrExplain(bounded: Uint8Array<ArrayBuffer>, code: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bounded);
  } catch (error) {
    new WebAssembly.Module(Uint8Array.from(code));
    throw error;
  }
}

function rejectOtherKinds(code: Uint8Array): void {
  const preamble = readPreamble(code);
  switch (preamble.kind) {
    case 'module':
      return;
    case 'component':
      throw new MalformedModule('This is a component, not a module', 4);
    case 'unknown':
      throw new UnsupportedModule(
        `This is not a WebAssembly module of version 1, which this engine runs: its version is ${preamble.version}${preamble.layer === 0 ? '' : `, its layer ${preamble.layer}`}.`,
      );
    case 'incomplete':
      throw new MalformedModule('This is not a WebAssembly module: it ends before its version', 4);
    case 'garbage':
      throw new MalformedModule('This is not a WebAssembly module: no magic number', 0);
  }
}

/** Where the module cannot be read, V8's own message for an invalid module is the better one. */
function inspectOrExplain(code: Uint8Array): ModuleShape {
  try {
    return inspect(code);
  } catch (error) {
    if (!(error instanceof MalformedModule)) throw error;
    new WebAssembly.Module(Uint8Array.from(code));
    throw new UnsupportedModule(
      `The module uses a feature that this engine does not run: ${error.message}.`,
    );
  }
}
