/** What the platform knows of an abort signal; kept apart from its class for those who only listen. */

/** What to do when a signal is aborted. */
type AbortAlgorithm = () => void;

export interface AbortState {
  /** `undefined` while not aborted. */
  reason: unknown;
  readonly algorithms: Set<AbortAlgorithm>;
  /** Signals whose abortion this one follows; empty where it stands for itself. */
  readonly sources: Set<object>;
  /** Signals that follow this one. */
  readonly dependents: Set<object>;
  /** Made by `AbortSignal.any`. */
  readonly dependent: boolean;
}

export const abortStates = new WeakMap<object, AbortState>();

/** Whether the value is an `AbortSignal`, whatever its prototype says. */
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

/** Has the algorithm run once when the signal is aborted, before its `abort` event; never if it is already. */
export function addAbortAlgorithm(signal: object, algorithm: AbortAlgorithm): void {
  if (!isAborted(signal)) abortState(signal).algorithms.add(algorithm);
}

export function removeAbortAlgorithm(signal: object, algorithm: AbortAlgorithm): void {
  abortState(signal).algorithms.delete(algorithm);
}
