/**
 * `WeakRef` whose target stays alive until the turn ends, however short its other references live.
 * @see https://tc39.es/ecma262/#sec-addtokeptobjects
 */

import {
  construct,
  deref,
  setAdd,
  setClear,
  TypeErrorClass,
  WeakRefClass,
} from '../core/intrinsics.ts';
import { replaceClass } from '../core/replace-class.ts';
import { defineMembers } from './method.ts';

/** What was put into a reference, or read from one, in this turn. */
const kept = new Set<unknown>();
let isEmpty = true;

function keep(target: unknown): void {
  setAdd(kept, target);
  isEmpty = false;
}

/** Ends a turn: all jobs have run. */
export function releaseKept(): void {
  if (isEmpty) return;
  setClear(kept);
  isEmpty = true;
}

export function installWeakRef(): void {
  replaceClass(WeakRefClass, function (this: unknown, target: WeakKey): unknown {
    if (new.target === undefined) throw new TypeErrorClass("Constructor WeakRef requires 'new'");
    const reference = construct(WeakRefClass, [target], new.target);
    keep(target);
    return reference;
  });
  defineMembers(WeakRefClass.prototype, {
    deref(): unknown {
      const target = deref(this);
      if (target !== undefined) keep(target);
      return target;
    },
  });
}
