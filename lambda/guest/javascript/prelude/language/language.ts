/** Mends the built-ins of the language where QuickJS differs from ECMAScript or lacks them. */

import { installInternalError } from '../core/internal-error.ts';
import { installArrayText } from './array-text.ts';
import { installBigInt } from './bigint.ts';
import { installIteratorHelpers } from './iterator-helpers.ts';

export function installLanguage(): void {
  installInternalError();
  installArrayText();
  installBigInt();
  installIteratorHelpers();
}
