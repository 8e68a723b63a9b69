/** Resolves a module's imports, and names each that the host lacks. */

import type { Json } from '../../../contract/errors.ts';
import type { ImportShape, ModuleShape } from '../../wasm-binary/inspect.ts';
import { shown } from '../../wasm-binary/inspect.ts';
import type { Signature } from '../../wasm-binary/types.ts';
import { hintFor } from './hints.ts';
import type { BoundedModule } from './limits.ts';
import { grantPages, PAGE_BYTES } from './limits.ts';

export interface HostFunction {
  /** The signatures under which a module may import it. */
  readonly signatures: readonly Signature[];
  /** Makes the function for a run, as the module declares it. */
  readonly value: (declared: Signature) => WebAssembly.ImportValue;
}

/** What the host has, by module and name. */
export interface HostModules {
  functions(module: string): ReadonlyMap<string, HostFunction> | null;
}

export interface MissingImport {
  readonly module: string;
  readonly name: string;
  /** What the module wants, in the text format's terms. */
  readonly wanted: string;
  /** Why it cannot have it. */
  readonly reason: string;
}

/** The code imports what the host lacks. */
export class MissingImports extends Error {
  /** The first of them. */
  readonly missing: readonly MissingImport[];

  /** @param advice for who built the code */
  constructor(missing: readonly MissingImport[], advice: string | null) {
    const listed = missing.slice(0, MAX_LISTED).map(({ module, name, wanted, reason }) => {
      const place = module === '' ? shown(name) : `${shown(module)}.${shown(name)}`;
      return `${place} ${wanted}: ${reason}`;
    });
    const more = missing.length > MAX_LISTED ? `; and ${missing.length - MAX_LISTED} more` : '';
    super(
      `The host lacks what the module imports: ${listed.join('; ')}${more}.${advice ? ` ${advice}` : ''}`,
    );
    this.name = 'MissingImports';
    this.missing = missing.slice(0, MAX_LISTED);
  }

  get details(): Json {
    return this.missing.map(({ module, name, ...rest }) => {
      return { module: shown(module), name: shown(name), ...rest };
    });
  }
}

const MAX_LISTED = 50;

/**
 * Checks every import against the host.
 * @throws {MissingImports}
 */
export function checkImports(shape: ModuleShape, host: HostModules): void {
  const chosen = new Map<HostFunction, Signature>();
  const missing = shape.imports.flatMap((entry) => {
    const reason = reasonMissing(entry, host, chosen);
    if (reason === null) return [];
    return [{ module: entry.module, name: entry.name, wanted: describe(entry), reason }];
  });
  if (missing.length > 0) throw new MissingImports(missing, hintFor(missing, shape));
}

/**
 * Makes every memory of an instance, by index, with the maximum that the run's limit leaves it.
 * @throws {MemoryDemand} where they do not fit at their initial sizes
 */
export function createMemories(
  bounded: Pick<BoundedModule, 'memories' | 'tableElements'>,
  memoryBytes: number,
): WebAssembly.Memory[] {
  const grants = grantPages(bounded, memoryBytes);
  return bounded.memories.map(
    ({ minPages }, index) =>
      new WebAssembly.Memory({ initial: minPages, maximum: grants[index] ?? minPages }),
  );
}

/** Makes the imports of one run. */
export function link(
  shape: ModuleShape,
  bounded: Pick<BoundedModule, 'memories' | 'importedTables'>,
  memories: readonly WebAssembly.Memory[],
  host: HostModules,
): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = Object.create(null);
  const give = (module: string, name: string, value: WebAssembly.ImportValue): void => {
    imports[module] ??= Object.create(null) as Record<string, WebAssembly.ImportValue>;
    imports[module][name] ??= value;
  };
  bounded.memories.forEach(({ module, name }, index) => {
    const memory = memories[index];
    if (memory) give(module, name, memory);
  });
  for (const { module, name, element, initial, maximum } of bounded.importedTables) {
    give(module, name, new WebAssembly.Table({ element, initial, maximum }));
  }
  for (const entry of shape.imports) {
    if (entry.kind !== 'function') continue;
    const found = host.functions(entry.module)?.get(entry.name);
    if (found) give(entry.module, entry.name, found.value(entry.signature));
  }
  return imports;
}

/** `(i32, i64) -> i32`, as messages show it. */
function showSignature({ params, results }: Signature): string {
  const result = results.length === 1 ? results[0] : `(${results.join(', ')})`;
  return `(${params.join(', ')}) -> ${result}`;
}

function sameSignature(one: Signature, other: Signature): boolean {
  return showSignature(one) === showSignature(other);
}

/** @param chosen the type under which each function that has several was imported first */
function reasonMissing(
  entry: ImportShape,
  host: HostModules,
  chosen: Map<HostFunction, Signature>,
): string | null {
  if (entry.kind === 'memory' || entry.kind === 'table') {
    return entry.module === 'env' ? null : `a ${entry.kind} is given in module "env" only`;
  }
  if (entry.kind !== 'function') return `the host gives no ${entry.kind}`;
  const functions = host.functions(entry.module);
  if (!functions) return 'there is no such module';
  const found = functions.get(entry.name);
  if (!found) return 'there is no such function';
  if (!found.signatures.some((signature) => sameSignature(signature, entry.signature))) {
    return `it is ${found.signatures.map(showSignature).join(' or ')}`;
  }
  if (found.signatures.length === 1) return null;
  const first = chosen.get(found) ?? entry.signature;
  chosen.set(found, first);
  if (sameSignature(first, entry.signature)) return null;
  return `it is imported as ${showSignature(first)}, too: one module can have it with one type`;
}

function describe(entry: ImportShape): string {
  switch (entry.kind) {
    case 'function':
      return showSignature(entry.signature);
    case 'memory':
      return `memory of at least ${entry.limits.min} pages of ${PAGE_BYTES} bytes`;
    case 'table':
      return `table of ${entry.table.element}`;
    case 'global':
      return `global ${entry.type}`;
    case 'tag':
      return 'tag';
  }
}
