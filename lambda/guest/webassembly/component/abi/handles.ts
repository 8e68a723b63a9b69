/** The handles of an instance: what it owns or borrows, by the numbers that its code knows. */

import type { HostResource } from '../host.ts';
import type { ResourceType } from '../types/value-type.ts';
import { trap } from './trap.ts';

/** What a handle stands for: a number that its definer chose, or the host's object. */
export type Representation = number | HostResource;

/** A call that counts what it has lent out, or what its callee still borrows. */
export interface BorrowScope {
  borrows: number;
}

export interface Handle {
  readonly resource: ResourceType;
  readonly representation: Representation;
  /** Of a borrowed handle: the call that it must be dropped within. */
  readonly scope: BorrowScope | null;
  lends: number;
}

/** An entry takes some hundred bytes of the sandbox's heap, whatever the guest's memory is. */
const MAX_HANDLES = 2 ** 18;

export class HandleTable {
  readonly #handles: (Handle | null)[] = [null];
  readonly #free: number[] = [];

  add(handle: Handle): number {
    const free = this.#free.pop();
    if (free !== undefined) {
      this.#handles[free] = handle;
      return free;
    }
    if (this.#handles.length >= MAX_HANDLES) {
      trap(`The component holds more than ${MAX_HANDLES - 1} handles.`);
    }
    return this.#handles.push(handle) - 1;
  }

  /** @param index as the guest gave it */
  get(index: number, resource: ResourceType): Handle {
    const handle = this.#handles[index >>> 0];
    if (!handle) return trap(`unknown handle index ${index >>> 0}`);
    if (handle.resource !== resource) {
      trap(`handle index ${index >>> 0} is used with the wrong type: not ${resource.name}`);
    }
    return handle;
  }

  remove(index: number, resource: ResourceType): Handle {
    const handle = this.get(index, resource);
    if (handle.lends > 0) trap(`handle index ${index >>> 0} is lent to a call that has not ended`);
    this.#handles[index >>> 0] = null;
    this.#free.push(index >>> 0);
    return handle;
  }
}
