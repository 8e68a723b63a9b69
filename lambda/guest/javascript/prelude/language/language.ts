/** Mends the built-ins of the language where QuickJS differs from ECMAScript or lacks them. */

import { installInternalError } from '../core/internal-error.ts';
import { installArrayText } from './array-text.ts';
import { installBigInt } from './bigint.ts';
import { installDate } from './date.ts';
import { installIteratorHelpers } from './iterator-helpers.ts';
import { installRegExpEscape } from './regexp-escape.ts';
import { installRegExpLegacy } from './regexp-legacy.ts';
import { installWeakRef } from './weak-ref.ts';

export function installLanguage(): void {
  installInternalError();
  installArrayText();
  installBigInt();
  installDate();
  installIteratorHelpers();
  installRegExpEscape();
  installRegExpLegacy();
  installWeakRef();
}
