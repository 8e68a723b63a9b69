/** All that the web platform of the guest asks of Node.js, by name. */

import type { BridgeOperations } from '../bridge.ts';
import { encodingOperations } from './encoding.ts';
import { urlOperations } from './url.ts';

export const platformOperations: BridgeOperations = {
  ...urlOperations,
  ...encodingOperations,
};
