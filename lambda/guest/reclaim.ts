import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage now. A linear memory is given back to the system only once V8 has collected the
 * object that holds it, which an idle process would not do for a long time.
 */
export const collectGarbage: () => void = exposeCollector();

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collector: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof collector === 'function' ? () => void collector() : () => {};
}
