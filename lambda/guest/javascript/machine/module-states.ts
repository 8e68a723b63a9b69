/** How far the modules in a machine are: QuickJS itself tells nobody. */

import type { Instance } from './instance.ts';
import type { CodeImage } from './memory/code-image.ts';
import type { ModuleLayout } from './memory/image.ts';

/** `awaiting`: it awaits at top level, and has not come to its end. */
type ModuleState = 'evaluating' | 'awaiting' | 'other';

/** QuickJS's `JSModuleStatus`. */
const EVALUATING = 3;
const EVALUATING_ASYNC = 4;
const EVALUATED = 5;

/** Addresses of modules by URL: the same in every machine that an image is laid over. */
const inImages = new WeakMap<CodeImage, ReadonlyMap<string, number>>();

export class ModuleStates {
  readonly #instance: Instance;
  readonly #layout: ModuleLayout;
  #addresses = new Map<string, number>();

  constructor(instance: Instance, layout: ModuleLayout) {
    this.#instance = instance;
    this.#layout = layout;
  }

  /** A module has been compiled. */
  compiled(url: string, address: number): void {
    this.#addresses.set(url, address);
  }

  /** The memory is as it was when the image was taken. */
  laid(image: CodeImage | null): void {
    this.#addresses = new Map(image === null ? [] : inImages.get(image));
  }

  captured(image: CodeImage): void {
    if (this.#addresses.size > 0) inImages.set(image, new Map(this.#addresses));
  }

  of(url: string): ModuleState {
    const address = this.#addresses.get(url);
    if (address === undefined) return 'other';
    const { memory } = this.#instance;
    const bytes = new DataView(memory.buffer, address + this.#layout.stateOffset, 4);
    const [awaits, status] = [bytes.getUint8(0), bytes.getUint8(3)];
    if (status === EVALUATING) return 'evaluating';
    return status === EVALUATING_ASYNC || (awaits !== 0 && status !== EVALUATED)
      ? 'awaiting'
      : 'other';
  }
}
