/** All that the web platform of the guest asks of Node.js, by name. */

import type { BridgeOperations } from '../bridge/bridge.ts';
import { cryptoOperations, cryptoTasks } from './crypto.ts';
import { encodingOperations } from './encoding.ts';
import { intlOperations } from './intl.ts';
import type { PlatformTasks } from './task.ts';
import { urlOperations } from './url.ts';
import { urlPatternOperations } from './url-pattern.ts';

/** Answered at once. */
export const platformOperations: BridgeOperations = {
  ...urlOperations,
  ...urlPatternOperations,
  ...encodingOperations,
  ...cryptoOperations,
  ...intlOperations,
};

/** Answered later. */
export const platformTasks: PlatformTasks = {
  ...cryptoTasks,
};
