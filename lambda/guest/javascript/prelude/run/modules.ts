/** What modules need: their `import.meta`, and errors that tell which import failed. */

import { framesProperty } from '../../bridge/frames-property.ts';
import { decodeText } from '../../bridge/text.ts';
import type { Prelude } from '../core/host.ts';

/** What an error is told as if nobody catches it. */
interface ToldFailure {
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
}

interface Modules {
  /** `import.meta` of a module. */
  moduleMeta(url: string): object;
  /** What stands in for it in the module that is made of JSON. */
  jsonMeta(text: string): object;
  /**
   * @param thrown the error to mark; absent, it is made
   * @param frame the importing line as QuickJS writes a frame
   */
  importFailure(
    thrown: Error | undefined,
    code: string,
    message: string,
    details: string,
    frame: string | null,
  ): Error;
}

// Captured: a script may replace them.
const { parse } = JSON;
const { defineProperty } = Object;
const told = new WeakMap<object, ToldFailure>();
const { get, set } = WeakMap.prototype;
const { apply } = Reflect;

/** What the host has said about an error. */
export function toldFailure(thrown: unknown): ToldFailure | undefined {
  return apply(get, told, [thrown]) as ToldFailure | undefined;
}

export function createModules({ host }: Pick<Prelude, 'host'>): Modules {
  return {
    moduleMeta: (url) => ({
      __proto__: null,
      url,
      resolve: (specifier: unknown) => host.call('module.resolve', `${specifier}`, url),
    }),
    jsonMeta: (text) => ({ __proto__: null, value: parse(decodeText(text)) }),
    importFailure(thrown, code, text, details, frame) {
      const message = decodeText(text);
      const error = thrown ?? new TypeError(message);
      if (thrown === undefined) {
        const frames = frame === null ? '' : `${decodeText(frame)}\n`;
        defineProperty(error, framesProperty, {
          value: frames,
          writable: true,
          configurable: true,
        });
      }
      apply(set, told, [error, { code, message, details: parse(details) }]);
      return error;
    },
  };
}
