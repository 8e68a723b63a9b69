/**
 * Arrays that a function sorts are in V8's order. A function that never answers 0 (`a < b ? 1 : -1`), or
 * answers a boolean, gives another order in each algorithm. So below 64 elements this is V8's own, call by
 * call, and above it where the function contradicts itself: timsort without its gallop, which only saves calls.
 */

import {
  apply,
  deleteProperty,
  floor,
  min,
  setPrototypeOf,
  TypeErrorClass,
} from '../core/intrinsics.ts';
import { lengthOf, toObject } from './array-text.ts';
import { defineMembers } from './method.ts';

/** Its answer is made a number, but not by `Number`, which would take a BigInt. */
type Compare = (left: unknown, right: unknown) => number;

const { toSorted: nativeToSorted } = Array.prototype;

/** Parts that are in order are merged from this length on. */
const SHORT = 64;

/** @returns the list in order; it is not used any more */
function sorted(list: unknown[], compare: Compare): unknown[] {
  if (list.length >= SHORT) {
    const quickly = apply(nativeToSorted, list, [compare]) as unknown[];
    if (isConsistent(quickly, compare)) return quickly;
  }
  sortList(list, compare);
  return list;
}

/** Whether neighbours are as the function says in both directions: then there is only one order. */
function isConsistent(list: readonly unknown[], compare: Compare): boolean {
  const { length } = list;
  let left = list[0];
  for (let i = 1; i < length; i++) {
    const right = list[i];
    const back = +compare(right, left);
    if (+compare(left, right) < 0 ? !(back > 0) : back !== 0) return false;
    left = right;
  }
  return true;
}

/** A list whose elements are its own, whatever setters a script has put on prototypes. */
function ownList<Item>(): Item[] {
  return setPrototypeOf([], null) as Item[];
}

/** Sorts a list in place. */
function sortList(list: unknown[], compare: Compare): void {
  const { length } = list;
  const least = leastRun(length);
  let starts = ownList<number>();
  for (let start = 0; start < length; ) {
    const forced = min(start + least, length);
    let end = endOfRun(list, start, compare);
    if (end < forced) {
      insertAll(list, start, end, forced, compare);
      end = forced;
    }
    starts[starts.length] = start;
    start = end;
  }
  while (starts.length > 1) {
    const merged = ownList<number>();
    for (let i = 0; i < starts.length; i += 2) {
      merged[merged.length] = starts[i] as number;
      const middle = starts[i + 1];
      if (middle !== undefined) {
        merge(list, starts[i] as number, middle, starts[i + 2] ?? length, compare);
      }
    }
    starts = merged;
  }
}

function leastRun(length: number): number {
  let most = length;
  let rest = 0;
  while (most >= SHORT) {
    rest |= most & 1;
    most = floor(most / 2);
  }
  return most + rest;
}

/** Finds how far a list is in order already; a part that descends is turned round. */
function endOfRun(list: unknown[], start: number, compare: Compare): number {
  let end = start + 1;
  if (end === list.length) return end;
  const descends = +compare(list[end], list[start]) < 0;
  for (end += 1; end < list.length; end++) {
    if (+compare(list[end], list[end - 1]) < 0 !== descends) break;
  }
  if (descends) {
    for (let low = start, high = end - 1; low < high; low++, high--) {
      const value = list[low];
      list[low] = list[high];
      list[high] = value;
    }
  }
  return end;
}

/** Puts what stands from `sorted` on into the order before it. */
function insertAll(
  list: unknown[],
  start: number,
  sorted: number,
  end: number,
  compare: Compare,
): void {
  for (let at = sorted; at < end; at++) {
    const pivot = list[at];
    let left = start;
    let right = at;
    while (left < right) {
      const middle = left + ((right - left) >> 1);
      if (+compare(pivot, list[middle]) < 0) right = middle;
      else left = middle + 1;
    }
    for (let to = at; to > left; to--) list[to] = list[to - 1];
    list[left] = pivot;
  }
}

function merge(
  list: unknown[],
  start: number,
  middle: number,
  end: number,
  compare: Compare,
): void {
  const left = ownList();
  for (let i = start; i < middle; i++) left[i - start] = list[i];
  let from = 0;
  let right = middle;
  let to = start;
  while (from < left.length && right < end) {
    if (+compare(list[right], left[from]) < 0) list[to++] = list[right++];
    else list[to++] = left[from++];
  }
  while (from < left.length) list[to++] = left[from++];
}

/** @returns what is to be sorted, how much is undefined, and how much there is */
function elementsOf(object: Record<number, unknown>, length: number, holes: boolean) {
  const list = ownList();
  let missing = 0;
  for (let i = 0; i < length; i++) {
    if (holes && !(i in object)) continue;
    const value = object[i];
    if (value === undefined) missing += 1;
    else list[list.length] = value;
  }
  return { list, missing };
}

export function installArraySort(): void {
  const ArrayClass = Array;
  const { prototype } = Array;
  const { sort: nativeSort } = prototype;
  defineMembers(prototype, {
    sort(this: unknown, compare: Compare): unknown {
      if (typeof compare !== 'function') return apply(nativeSort, this, [compare]);
      const object = toObject(this, 'sort');
      const length = lengthOf(object);
      const { list, missing } = elementsOf(object, length, true);
      const ordered = sorted(list, compare);
      let to = 0;
      for (; to < ordered.length; to++) object[to] = ordered[to];
      for (const filled = to + missing; to < filled; to++) object[to] = undefined;
      for (; to < length; to++) {
        if (!deleteProperty(object, to)) throw new TypeErrorClass(`Cannot delete property '${to}'`);
      }
      return object;
    },
    toSorted(this: unknown, compare: Compare): unknown {
      if (typeof compare !== 'function') return apply(nativeToSorted, this, [compare]);
      const object = toObject(this, 'toSorted');
      const length = lengthOf(object);
      const result: unknown[] = new ArrayClass(length);
      const { list } = elementsOf(object, length, false);
      const ordered = sorted(list, compare);
      setPrototypeOf(result, null);
      for (let i = 0; i < length; i++) result[i] = ordered[i];
      return setPrototypeOf(result, prototype);
    },
  });
}
