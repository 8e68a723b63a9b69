/** `import.meta` of modules, and the errors of imports that fail. */

import { framesProperty } from '../../bridge/frames-property.ts';
import type { Positions } from '../../bridge/positions.ts';
import { decodeText, encodeText } from '../../bridge/text.ts';
import { mapPositions } from '../console/inspect/frames.ts';
import type { Prelude } from '../core/host.ts';
import { defineProperty, TypeErrorClass, weakMapGet, weakMapSet } from '../core/intrinsics.ts';

/** How the host reports an error that the script does not catch. */
interface KnownFailure {
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
}

interface Modules {
  /** `import.meta` of a module. */
  moduleMeta(url: string): object;
  /** `import.meta` of the module that exports JSON: it holds the value. */
  jsonMeta(text: string): object;
  /** Tells where the text of a file stands in its source: `Positions` as JSON. */
  setPositions(file: string, positions: string): void;
  /** The attributes of a dynamic import as JSON. */
  importAttributes(attributes: object): string;
  /**
   * Marks an error as the failure of an import.
   * @param thrown the error to mark; a new one where it is absent
   * @param frame the line that imports, in the form of a stack frame of QuickJS
   * @param name of the class of a new error
   */
  importFailure(
    thrown: Error | undefined,
    code: string,
    message: string,
    details: string,
    frame: string | null,
    name: string,
  ): Error;
}

// Captured here: a script may replace them.
const { parse, stringify } = JSON;
const SyntaxErrorClass = SyntaxError;
const failures = new WeakMap<object, KnownFailure>();

/** How the host reports this error, where it was marked. */
export function knownFailure(thrown: unknown): KnownFailure | undefined {
  // Of a primitive it has nothing.
  return weakMapGet(failures, thrown as object) as KnownFailure | undefined;
}

/** Has the host report an error in this way. */
export function markFailure(error: Error, failure: KnownFailure): void {
  weakMapSet(failures, error, failure);
}

export function createModules({ host }: Pick<Prelude, 'host'>): Modules {
  return {
    moduleMeta: (url) => ({
      __proto__: null,
      url,
      resolve: (specifier: unknown) => host.call('module.resolve', `${specifier}`, url),
    }),
    jsonMeta: (text) => ({ __proto__: null, value: parse(decodeText(text)) }),
    setPositions: (file, positions) => mapPositions(file, parse(positions) as Positions),
    // They have no prototype, and so no `toJSON` of a script's.
    importAttributes: (attributes) => encodeText(stringify(attributes)),
    importFailure(thrown, code, text, details, frame, name) {
      const message = decodeText(text);
      const Class = name === 'SyntaxError' ? SyntaxErrorClass : TypeErrorClass;
      const error = thrown ?? new Class(message);
      if (thrown === undefined) {
        const frames = frame === null ? '' : decodeText(frame) + '\n';
        defineProperty(error, framesProperty, {
          __proto__: null,
          value: frames,
          writable: true,
          configurable: true,
        } as PropertyDescriptor);
      }
      markFailure(error, { code, message, details: parse(details) });
      return error;
    },
  };
}
