/** `app_log` and `get_unixtime`: the globals that the engine adds to the web platform. */

import { logLevels } from '../../../../contract/protocol.ts';
import type { Prelude } from '../core/host.ts';
import {
  arrayIncludes,
  floor,
  slice,
  stringify,
  TypeErrorClass,
  toText,
} from '../core/intrinsics.ts';

/** In UTF-16 units: a longer message is cut, longer fields are dropped. */
const MAX_ENTRY_LENGTH = 256 * 1024;

export function installAppLog({ define, host }: Prelude): void {
  const { now } = Date;
  define(
    {
      app_log: function app_log(level: unknown, message: unknown, fields?: unknown): void {
        if (!arrayIncludes(logLevels, level)) {
          throw new TypeErrorClass(
            'app_log: level must be trace, debug, info, warn or error, not ' + text(level),
          );
        }
        const json = fields === undefined ? undefined : stringify(fields);
        const entry = text(message);
        const fits = json === undefined || json.length <= MAX_ENTRY_LENGTH;
        host.call(
          'log',
          level as string,
          slice(entry, 0, MAX_ENTRY_LENGTH),
          fits ? json : null,
          !fits || entry.length > MAX_ENTRY_LENGTH,
        );
      },
      get_unixtime: function get_unixtime(): number {
        return floor(now() / 1000);
      },
    },
    { enumerable: true },
  );
}

function text(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return stringify(value) ?? toText(value);
  }
  return toText(value);
}
