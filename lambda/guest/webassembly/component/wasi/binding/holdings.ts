/** What the host holds for a component, outside of its memory: how many objects, and bytes. */

import type { HostResource } from '../../host.ts';
import { trap } from './parameters.ts';

/** Objects that a component may hold at once: as many as its file system may have files. */
export const MAX_RESOURCES = 16_384;

export class Holdings {
  readonly #maxBytes: number;
  #resources = 0;
  #bytes = 0;

  /** @param maxBytes a component may have as much outside of its memory as in it */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counts one object more; too many trap. */
  add(): void {
    if (this.#resources >= MAX_RESOURCES) {
      trap(`The component holds more than ${MAX_RESOURCES} resources of the host.`);
    }
    this.#resources += 1;
  }

  remove(): void {
    this.#resources -= 1;
  }

  /** @returns whether there is room for so many bytes, which then count */
  charge(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** An object of the host that counts for as long as the component, or what it gave it to, has it. */
export abstract class HeldResource implements HostResource {
  abstract readonly resource: string;
  readonly #holdings: Holdings;
  #isHeld = true;

  constructor(holdings: Holdings) {
    this.#holdings = holdings;
    holdings.add();
  }

  [Symbol.dispose](): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#holdings.remove();
  }
}
