import { halt, haltOf } from '../../module/halt.ts';

/** Ends the run where the specification says that an instance traps. */
export function trap(message: string): never {
  return halt({ kind: 'trap', message });
}

/**
 * What passes a border of components or leaves a host function is no exception that a guest may catch:
 * one that is becomes a trap.
 */
export function rethrowAsTrap(thrown: unknown): never {
  const isTrap = thrown instanceof WebAssembly.RuntimeError || haltOf(thrown) !== null;
  // A stack or memory that has run out is told by its own class.
  if (isTrap || thrown instanceof RangeError) throw thrown;
  if (thrown instanceof WebAssembly.Exception) {
    trap('A component threw an exception that it does not catch.');
  }
  trap(thrown instanceof Error ? thrown.message : 'A function of the host failed.');
}

/** Calls, and makes a trap of what it throws. */
export function guarded<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    return rethrowAsTrap(error);
  }
}
