/**
 * A memory image of a machine whose prelude has been evaluated. Laying it over a machine's memory
 * makes its realm pristine; after that, only what a run has written to is put back.
 */

import type { Instance } from '../instance.ts';

/** Numbers of QuickJS's functions in its function table, and offsets. */
export interface ModuleLayout {
  /** The job that loads and evaluates a dynamically imported module: a `JSJobFunc`. */
  readonly importJob: number;
  /** quickjs-emscripten's `JSModuleLoaderFunc`. */
  readonly moduleLoader: number;
  /** Of `import.meta` in a `JSModuleDef`. */
  readonly metaOffset: number;
  /** In a `JSModuleDef`, bytes: whether it awaits at top level, two others, its `JSModuleStatus`. */
  readonly stateOffset: number;
}

/** Where the machine keeps what an image must know about; the same in every build. */
export interface MemoryLayout extends ModuleLayout {
  /** Address of the C library's program break: everything above it is untouched. */
  readonly breakAddress: number;
  /** Address of the state of `Math.random`: a `u64`. */
  readonly randomAddress: number;
  /** Page that the C stack was last on when a machine had been built; the heap lies behind. */
  readonly heapStart: number;
  /** Behind the first byte of the C stack, which grows down. */
  readonly stackEnd: number;
  /** Page behind the static data. */
  readonly dataEnd: number;
}

export interface MemoryImage {
  readonly layout: MemoryLayout;
  /** Of the machine that the image was taken of. */
  readonly addresses: Instance['raw']['addresses'];
  /** Pointers of the values that the host keeps, by name. */
  readonly handles: { readonly [name: string]: number };
  readonly data: Buffer;
  readonly heap: Buffer;
}

/** Takes the image of a machine while no code runs in it. */
export function captureImage(
  instance: Instance,
  layout: MemoryLayout,
  handles: { readonly [name: string]: number },
): MemoryImage {
  const copy = Buffer.from(instance.memory.buffer.slice(0));
  return {
    layout,
    addresses: instance.raw.addresses,
    handles,
    data: copy.subarray(0, layout.dataEnd),
    heap: copy.subarray(layout.heapStart, programBreak(instance, layout)),
  };
}

/** Lays the image over the memory of a machine that has just been built. */
export function layImage(instance: Instance, image: MemoryImage): void {
  const { layout, data, heap } = image;
  const bytes = Buffer.from(instance.memory.buffer);
  const end = programBreak(instance, layout);
  bytes.set(data, 0);
  bytes.set(heap, layout.heapStart);
  const heapEnd = layout.heapStart + heap.length;
  if (end > heapEnd) bytes.fill(0, heapEnd, end);
}

/** Heap bytes in use at most since the image was laid: the program break never moves back. */
export function heapBytes(instance: Instance, layout: MemoryLayout): number {
  return programBreak(instance, layout) - layout.heapStart;
}

/** Behind the last byte of the heap: everything above is untouched. */
export function programBreak(instance: Instance, layout: MemoryLayout): number {
  const view = new DataView(instance.memory.buffer);
  // Clamped: the word lies in memory that a corrupted guest could have written to.
  return Math.min(view.getUint32(layout.breakAddress, true), instance.memory.buffer.byteLength);
}
