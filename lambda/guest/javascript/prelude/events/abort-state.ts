/** The state of abort signals; apart from their class, for code that only listens to a signal. */

/** Runs when a signal is aborted. */
type AbortAlgorithm = () => void;

export interface AbortState {
  /** `undefined` while not aborted. */
  reason: unknown;
  readonly algorithms: Set<AbortAlgorithm>;
  /** Signals whose abort aborts this one; empty where it depends on none. */
  readonly sources: Set<object>;
  /** Signals that this one aborts. */
  readonly dependents: Set<object>;
  /** Made by `AbortSignal.any`. */
  readonly dependent: boolean;
}

export const abortStates = new WeakMap<object, AbortState>();

/** Whether `AbortSignal` made the value; its prototype does not count. */
export function isAbortSignal(value: unknown): value is object {
  return typeof value === 'object' && value !== null && abortStates.has(value);
}

/** The state of a signal. Throws a TypeError for anything else. */
export function abortState(signal: unknown): AbortState {
  const state = abortStates.get(signal as object);
  if (state === undefined) throw new TypeError('Illegal invocation');
  return state;
}

export function isAborted(signal: object): boolean {
  return abortState(signal).reason !== undefined;
}

/** Runs the algorithm once when the signal is aborted, before its `abort` event; never where it already is. */
export function addAbortAlgorithm(signal: object, algorithm: AbortAlgorithm): void {
  if (!isAborted(signal)) abortState(signal).algorithms.add(algorithm);
}

export function removeAbortAlgorithm(signal: object, algorithm: AbortAlgorithm): void {
  abortState(signal).algorithms.delete(algorithm);
}
