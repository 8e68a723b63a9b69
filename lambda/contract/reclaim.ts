import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage now. The system gets a linear memory back only when V8 has collected the object
 * that holds it, which V8 puts off for a long time in an idle process.
 */
export async function collectGarbage(): Promise<void> {
  // In the next turn: V8 still holds what ended in this one.
  await new Promise((resolve) => setImmediate(resolve));
  collect ??= exposeCollector();
  collect();
}

let collect: (() => void) | null = null;

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => void gc() : () => {};
}
