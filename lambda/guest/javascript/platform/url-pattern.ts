/** What the guest's `URLPattern` asks of Node.js's own: every call brings the pattern along. */

import { BridgeError, type BridgeOperation, type BridgeOperations } from '../bridge.ts';
import { TurnCache } from './turn-cache.ts';

const patterns = new TurnCache<URLPattern>();

const matched = [
  ...(['protocol', 'username', 'password', 'hostname'] as const),
  ...(['port', 'pathname', 'search', 'hash'] as const),
];
const parts = [...matched, 'hasRegExpGroups'] as const;

/** @param argsJson JSON of the constructor's arguments */
function patternOf(argsJson: string): URLPattern {
  return patterns.get(argsJson, () =>
    Reflect.construct(URLPattern, JSON.parse(argsJson) as unknown[]),
  );
}

/** Calls Node.js's own with JSON, and names what it throws to the guest. */
function named(operation: (...args: string[]) => unknown): BridgeOperation {
  return (...args) => {
    try {
      return JSON.stringify(operation(...args.map(String)), (_key, value) => value ?? null);
    } catch (error) {
      throw new BridgeError('TypeError', error instanceof Error ? error.message : String(error));
    }
  };
}

export const urlPatternOperations: BridgeOperations = {
  /** @returns the pattern of each part, and whether it has groups that are regular expressions */
  'urlPattern.parts': named((args) => {
    const pattern = patternOf(args);
    return Object.fromEntries(parts.map((part) => [part, pattern[part]]));
  }),

  'urlPattern.test': named((args, input) =>
    Reflect.apply(URLPattern.prototype.test, patternOf(args), JSON.parse(input) as unknown[]),
  ),

  /** @returns the match of each part, with `null` for a group that took no part in it */
  'urlPattern.exec': named((args, input) => {
    const subject = JSON.parse(input) as unknown[];
    const match = Reflect.apply(URLPattern.prototype.exec, patternOf(args), subject);
    return match && Object.fromEntries(matched.map((part) => [part, match[part]]));
  }),
};
