/** Mends the built-ins of the language where QuickJS differs from ECMAScript or lacks them. */

import { installInternalError } from '../core/internal-error.ts';
import { installArrayFromAsync } from './array-from-async.ts';
import { installArraySort } from './array-sort.ts';
import { installArrayText } from './array-text.ts';
import { installBigInt } from './bigint.ts';
import { installDate } from './date.ts';
import { installDisposableStacks } from './disposable-stack.ts';
import { installDisposal } from './disposal.ts';
import { installIteratorHelpers } from './iterator-helpers.ts';
import { installJsonParse } from './json-parse.ts';
import { installPromiseAny } from './promise-any.ts';
import { installRawJson } from './raw-json.ts';
import { installRegExpEscape } from './regexp-escape.ts';
import { installRegExpLegacy } from './regexp-legacy.ts';
import { installWeakRef } from './weak-ref.ts';

export function installLanguage(): void {
  installInternalError();
  installArrayFromAsync();
  installArraySort();
  installArrayText();
  installBigInt();
  installDate();
  installDisposal();
  installDisposableStacks();
  installIteratorHelpers();
  installJsonParse();
  installPromiseAny();
  installRawJson();
  installRegExpEscape();
  installRegExpLegacy();
  installWeakRef();
  // Loops over classes of errors find it. Stacks have so many frames whatever it says.
  const stackTraceLimit = { value: 10, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(Error, 'stackTraceLimit', stackTraceLimit);
  // QuickJS gives it to sets as to maps.
  Reflect.deleteProperty(Set, 'groupBy');
}
