/** What lifting and lowering need: memory and functions of one side of a call, and what is lent. */

import type { GuestMemory } from '../../module/memory.ts';
import type { StringEncoding } from '../binary/definitions.ts';
import type { ComponentInstance } from './component-instance.ts';
import type { BorrowScope, Handle } from './handles.ts';
import { trap } from './trap.ts';

/** A core function as the host calls it. */
export interface CoreCallable {
  /** @returns a promise where the function was called by way of JSPI */
  readonly now: (...args: CoreValue[]) => unknown;
  /** Calls it such that what it imports may wait. */
  readonly waiting: (...args: CoreValue[]) => Promise<unknown>;
}

export type CoreValue = number | bigint;

/** The canonical options, resolved. */
export interface AbiOptions {
  readonly encoding: StringEncoding;
  readonly memory: GuestMemory | null;
  readonly realloc: CoreCallable | null;
  readonly postReturn: CoreCallable | null;
}

/** Where a text comes from: what is allocated for it depends on that. */
export type TextSource = StringEncoding | 'host';

/**
 * What one call may hold in values at once. Values are read from memory that lists may name many times
 * over, so that memory's own limit does not bound them.
 */
const MAX_VALUE_BYTES = 96 * 1024 * 1024;

export class LiftContext {
  readonly instance: ComponentInstance;
  readonly options: AbiOptions;
  /** Collects the handles that are lent to the call; `null` where nothing can be borrowed. */
  readonly lenders: Handle[] | null;
  #left = MAX_VALUE_BYTES;

  constructor(instance: ComponentInstance, options: AbiOptions, lenders: Handle[] | null) {
    this.instance = instance;
    this.options = options;
    this.lenders = lenders;
  }

  /** Counts what a value takes on the host's heap. */
  charge(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) trap(`the values of one call take more than ${MAX_VALUE_BYTES} bytes`);
  }

  get view(): DataView {
    return memoryOf(this.options).view;
  }

  /** @param what for the trap's message */
  bytes(pointer: number, length: number, what: string): Uint8Array {
    const bytes = memoryOf(this.options).bytes(pointer, length);
    return bytes ?? trap(`${what} pointer out of bounds of memory`);
  }
}

export class LowerContext {
  readonly instance: ComponentInstance;
  readonly options: AbiOptions;
  readonly source: TextSource;
  /** The call that what it borrows must be dropped within. */
  readonly scope: BorrowScope | null;

  constructor(
    instance: ComponentInstance,
    options: AbiOptions,
    source: TextSource,
    scope: BorrowScope | null,
  ) {
    this.instance = instance;
    this.options = options;
    this.source = source;
    this.scope = scope;
  }

  get view(): DataView {
    return memoryOf(this.options).view;
  }

  allocate(alignment: number, size: number): number {
    return this.reallocate(0, 0, alignment, size);
  }

  /** @returns a pointer, checked to be aligned and to have that much memory behind it */
  reallocate(old: number, oldSize: number, alignment: number, size: number): number {
    const { realloc } = this.options;
    if (!realloc) return trap('the component has no function to allocate memory with');
    const returned = this.instance.withoutLeaving(() =>
      realloc.now(old | 0, oldSize | 0, alignment, size | 0),
    );
    const pointer = Number(returned) >>> 0;
    checkPlace(this, pointer, alignment, size, 'realloc return');
    return pointer;
  }
}

/** @param what for the trap's message */
export function checkPlace(
  context: LiftContext | LowerContext,
  pointer: number,
  alignment: number,
  size: number,
  what: string,
): void {
  if (pointer % alignment !== 0) trap(`${what}: pointer not aligned`);
  if (pointer + size > memoryOf(context.options).byteLength) {
    trap(`${what}: pointer out of bounds of memory`);
  }
}

export function memoryOf({ memory }: AbiOptions): GuestMemory {
  return memory ?? trap('the component names no memory for its values');
}
