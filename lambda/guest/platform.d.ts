/**
 * The WebAssembly JavaScript interface as Node.js 24 has it, promise integration (JSPI) included;
 * TypeScript declares it for browsers only.
 * https://webassembly.github.io/js-promise-integration/js-api/
 */
declare namespace WebAssembly {
  type ExportValue = ((...args: never[]) => unknown) | Global | Memory | Table;
  type ImportValue = ExportValue | number | bigint | Suspending;
  type Imports = { readonly [module: string]: { readonly [name: string]: ImportValue } };

  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: { readonly [name: string]: ExportValue };
  }

  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  class Table {
    constructor(descriptor: {
      element: 'anyfunc' | 'externref';
      initial: number;
      maximum?: number;
    });
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
    grow(elements: number): number;
  }

  class Global {
    value: unknown;
  }

  /** An import that may return a promise, which suspends the guest until it settles. */
  class Suspending {
    constructor(operation: (...args: never[]) => unknown);
  }

  /** An export to be called where its imports may suspend: the call returns a promise. */
  function promising(
    exported: (...args: never[]) => unknown,
  ): (...args: unknown[]) => Promise<unknown>;

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  /** What a guest throws by the exceptions proposal. */
  class Exception {}
}
