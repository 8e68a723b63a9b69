/** What comes of a source. */

import type { Positions } from '../bridge/positions.ts';

export type SourceKind = 'script' | 'module';

/** What QuickJS is given. */
export interface PreparedSource {
  readonly text: string;
  /** Where the parts of the text stand in the source; `null` where it is the source. */
  readonly positions: Positions | null;
}
