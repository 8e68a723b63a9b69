/** All operations of the guest's web platform that Node.js serves, by name. */

import type { BridgeOperations } from '../bridge/bridge.ts';
import { cryptoOperations, cryptoTasks } from './crypto.ts';
import { encodingOperations } from './encoding.ts';
import { intlOperations } from './intl.ts';
import type { PlatformTasks } from './task.ts';
import { urlOperations } from './url.ts';
import { urlPatternOperations } from './url-pattern.ts';

/** What they answer is a function of what they are asked: they have no state, no clock, no randomness. */
const pureOperations: BridgeOperations = {
  ...urlOperations,
  ...urlPatternOperations,
  ...encodingOperations,
  ...intlOperations,
};

/** Synchronous. */
export const platformOperations: BridgeOperations = { ...pureOperations, ...cryptoOperations };

/** Whether the answer of an operation is the same whenever it is asked. */
export function isPure(operation: string): boolean {
  return Object.hasOwn(pureOperations, operation);
}

/** Asynchronous. */
export const platformTasks: PlatformTasks = {
  ...cryptoTasks,
};
