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

/**
 * Collects garbage where there may be so much of it: buffers have come to take that much more since the last
 * time. A collection takes tens of milliseconds, which a run that left nothing behind need not wait for.
 * @returns a function that says whether it has collected
 */
export function garbageCollector(leastBytes: number): () => Promise<boolean> {
  let heldBytes = 0;
  return async () => {
    const { arrayBuffers } = process.memoryUsage();
    const isWorthIt = arrayBuffers - heldBytes > leastBytes;
    if (isWorthIt) await collectGarbage();
    heldBytes = isWorthIt ? process.memoryUsage().arrayBuffers : Math.min(heldBytes, arrayBuffers);
    return isWorthIt;
  };
}

let collect: (() => void) | null = null;

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => void gc() : () => {};
}
