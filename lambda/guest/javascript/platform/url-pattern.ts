/** The guest's `URLPattern`, served by that of Node.js: every call has the pattern with it. */

import { URLPattern } from 'node:url';
import type { BridgeOperation, BridgeOperations } from '../bridge/bridge.ts';
import { named } from './failure.ts';
import { RunCache } from './run-cache.ts';

const patterns = new RunCache<URLPattern>();

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

/** Takes and gives JSON. */
function inJson(operation: (...args: string[]) => unknown): BridgeOperation {
  return (...args) =>
    named(() => JSON.stringify(operation(...args.map(String)), (_key, value) => value ?? null));
}

export const urlPatternOperations: BridgeOperations = {
  /** @returns the pattern of each part, and whether it has groups that are regular expressions */
  'urlPattern.parts': inJson((args) => {
    const pattern = patternOf(args);
    return Object.fromEntries(parts.map((part) => [part, pattern[part]]));
  }),

  'urlPattern.test': inJson((args, input) =>
    Reflect.apply(URLPattern.prototype.test, patternOf(args), JSON.parse(input) as unknown[]),
  ),

  /** @returns the match of each part, with `null` for a group that took no part in it */
  'urlPattern.exec': inJson((args, input) => {
    const subject = JSON.parse(input) as unknown[];
    const match = Reflect.apply(URLPattern.prototype.exec, patternOf(args), subject);
    return match && Object.fromEntries(matched.map((part) => [part, match[part]]));
  }),
};
