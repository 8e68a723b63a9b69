/** What QuickJS does not compile, or compiles wrongly, and is mended in the source. */

import type { Mend } from './mend.ts';
import { accessorNewline } from './mends/accessor-newline.ts';
import { asyncParameter } from './mends/async-parameter.ts';
import { exportedImports, exportedTexts } from './mends/export-lists.ts';
import { exportPattern } from './mends/export-pattern.ts';
import { forAwait } from './mends/for-await.ts';
import { forOfYield } from './mends/for-of-yield.ts';
import { numberMember } from './mends/number-member.ts';
import { parameterClosure } from './mends/parameter-closure.ts';
import { usingDeclaration } from './mends/using.ts';

export const mends: readonly Mend[] = [
  numberMember,
  accessorNewline,
  asyncParameter,
  forOfYield,
  forAwait,
  parameterClosure,
  exportPattern,
  exportedTexts,
  exportedImports,
  usingDeclaration,
];
