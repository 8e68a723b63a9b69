import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage soon. A linear memory is given back to the system only once V8 has collected the
 * object that holds it, which an idle process would not do for a long time.
 */
export async function collectGarbage(): Promise<void> {
  // In a turn of its own: what ended in this one is still being held on to.
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
