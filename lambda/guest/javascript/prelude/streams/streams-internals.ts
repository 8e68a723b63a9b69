/**
 * The stream library keeps its state in ordinary properties. This makes them not enumerable, so
 * that `Object.keys` and JSON do not show them to scripts.
 */

import type * as Library from 'web-streams-polyfill';

/** Makes the internal properties of all future instances not enumerable. */
export function hideInternals(library: typeof Library): void {
  for (const sample of samplesOf(library)) {
    const prototype: object = Object.getPrototypeOf(sample);
    for (const name of Object.keys(sample)) hide(prototype, name);
  }
}

/** The first assignment calls the setter, which defines the instance's own property. */
function hide(prototype: object, name: string): void {
  Object.defineProperty(prototype, name, {
    get: () => undefined,
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true });
    },
    configurable: true,
  });
}

/** An instance of each class, with all its properties set. */
function samplesOf(library: typeof Library): object[] {
  const samples: object[] = [];
  const start = (controller: object): void => void samples.push(controller);
  const stream = new library.ReadableStream({ start });
  const bytes = new library.ReadableStream({
    type: 'bytes',
    start,
  });
  const writable = new library.WritableStream({ start });
  const reader = bytes.getReader({ mode: 'byob' });
  reader.read(new Uint8Array(1)).catch(() => {});
  for (const controller of samples) {
    const request: unknown = Reflect.get(controller, 'byobRequest');
    if (typeof request === 'object' && request !== null) samples.push(request);
  }
  samples.push(stream, stream.getReader(), bytes, reader, writable, writable.getWriter());
  samples.push(new library.TransformStream({ start }));
  samples.push(new library.CountQueuingStrategy({ highWaterMark: 1 }));
  samples.push(new library.ByteLengthQueuingStrategy({ highWaterMark: 1 }));
  return samples;
}
