import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage soon. A linear memory is given back to the system only once V8 has collected the
 * object that holds it, which an idle process would not do for a long time.
 */
export async function collectGarbage(): Promise<void> {
  // In a turn of its own: what ended in this one is still being held on to.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
}

const collect = exposeCollector();

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collector: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof collector === 'function' ? () => void collector() : () => {};
}
