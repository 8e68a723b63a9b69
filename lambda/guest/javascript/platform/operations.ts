/** All operations of the guest's web platform that Node.js serves, by name. */

import type { BridgeOperations } from '../bridge/bridge.ts';
import { cryptoOperations, cryptoTasks } from './crypto.ts';
import { encodingOperations } from './encoding.ts';
import { intlOperations } from './intl.ts';
import type { PlatformTasks } from './task.ts';
import { urlOperations } from './url.ts';
import { urlPatternOperations } from './url-pattern.ts';

/** Synchronous. */
export const platformOperations: BridgeOperations = {
  ...urlOperations,
  ...urlPatternOperations,
  ...encodingOperations,
  ...cryptoOperations,
  ...intlOperations,
};

/** Asynchronous. */
export const platformTasks: PlatformTasks = {
  ...cryptoTasks,
};
