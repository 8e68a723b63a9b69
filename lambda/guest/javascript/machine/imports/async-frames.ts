/**
 * Who awaits an asynchronous function that is being resumed: stacks go on there, as in V8. Read from
 * QuickJS's memory when an error is made: the promise of the function, its only reaction, the function
 * whose `await` that is.
 */

import { awaitFrameName } from '../../bridge/await-frame.ts';
import type { Surroundings } from '../library.ts';
import { pointerOf } from '../raw-machine.ts';
import { nextFrameName } from './native-names.ts';
import type { LibraryMachine } from './strings.ts';

/** Offsets in QuickJS's structures. */
const runtimeFrames = 148;
const frame = { previous: 0, function: 8, mode: 36, stack: 40, bytes: 48 } as const;
/** Of the state of an asynchronous function, from its frame. */
const resolveFunction = -16;
const frameOfState = 56;
const object = { data: 32 } as const;
const promise = { fulfilments: 4 } as const;
const reaction = { next: 4, resolve: 8, handler: 24 } as const;

const OBJECT_TAG = -1;
const IS_ASYNC = 4;
const [PROMISE, RESOLVE_FUNCTION, ASYNC_FUNCTION_RESOLVE] = [51, 52, 55];

/** As many as a stack shows. */
const MAX_AWAITERS = 10;
/** Promises that follow one another without a function that awaits. */
const MAX_PROMISES = 10;

interface AsyncFrames {
  readonly imports: WebAssembly.Imports[string];
  /** Gives it the machine, once there is one. */
  open(machine: LibraryMachine): void;
}

export function asyncFrames({ memory, written, fault }: Surroundings): AsyncFrames {
  /** Address of the pointer to the uppermost frame, with which a stack begins. */
  let start = 0;
  /** A frame of our own: those below it await. */
  let boundary = 0;
  let left = 0;
  let words = new Uint32Array(memory.buffer);

  function word(address: number): number {
    // Growing the memory detaches the buffer before.
    if (words.length === 0) words = new Uint32Array(memory.buffer);
    return words[address >>> 2] ?? 0;
  }

  /** Address of an object of a class that a value is; 0 where it is none. */
  function objectAt(address: number, classId: number): number {
    const pointer = word(address);
    return (word(address + 4) | 0) === OBJECT_TAG && word(pointer + 4) >>> 16 === classId
      ? pointer
      : 0;
  }

  /** What a resolve function resolves: the address of the promise's data; 0 where it is no such function. */
  function promiseOf(address: number): number {
    const resolving = objectAt(address, RESOLVE_FUNCTION);
    const resolved = resolving === 0 ? 0 : objectAt(word(resolving + object.data), PROMISE);
    return resolved === 0 ? 0 : word(resolved + object.data);
  }

  /** The frame that awaits what the function of a frame gives; 0 where none does, or several may. */
  function awaiterOf(awaited: number): number {
    let data = promiseOf(awaited + resolveFunction);
    for (let step = 0; step < MAX_PROMISES && data !== 0; step++) {
      const list = data + promise.fulfilments;
      const first = word(list + reaction.next);
      if (first === list || word(first + reaction.next) !== list) return 0;
      const awaiting = objectAt(first + reaction.handler, ASYNC_FUNCTION_RESOLVE);
      if (awaiting !== 0) return word(awaiting + object.data) + frameOfState;
      data = promiseOf(first + reaction.handler) || promiseOf(first + reaction.resolve);
    }
    return 0;
  }

  return {
    imports: {
      [nextFrameName](current: number, previous: number): number {
        return fault.guard(() => {
          if (boundary === 0 || current === start) return previous;
          if ((word(current + frame.mode) & IS_ASYNC) === 0) return previous;
          // A frame that is suspended lies below the boundary; what was below it then is long gone.
          const isSuspended = word(current + frame.stack) !== 0;
          left = isSuspended ? left - 1 : MAX_AWAITERS;
          const awaiter = left < 0 ? 0 : awaiterOf(current);
          if (awaiter === 0 || isSuspended) return awaiter;
          new DataView(memory.buffer).setUint32(boundary + frame.previous, awaiter, true);
          written.mark(boundary, frame.bytes);
          return boundary;
        });
      },
    },
    open({ raw }) {
      start = raw.addresses[0] + runtimeFrames;
      boundary = raw.allocate(frame.bytes);
      const mark = raw.newFunction(awaitFrameName, NOT_CALLED);
      new Uint8Array(memory.buffer, boundary, frame.bytes).fill(0);
      raw.setValue(boundary + frame.function, raw.valueAt(pointerOf(mark)));
    },
  };
}

/** Nobody has the function. */
const NOT_CALLED = 0x7fff_ffff;
