/** `app_log` and `get_unixtime`: the globals that the engine adds to the web platform. */

import { logLevels } from '../../../../contract/protocol.ts';
import type { Prelude } from '../core/host.ts';

const levels: ReadonlySet<unknown> = new Set(logLevels);

/** In UTF-16 units: a longer message is cut, longer fields are dropped. */
const MAX_ENTRY_LENGTH = 256 * 1024;

export function installAppLog({ define, host }: Prelude): void {
  define(
    {
      app_log: function app_log(level: unknown, message: unknown, fields?: unknown): void {
        if (!levels.has(level)) {
          throw new TypeError(
            `app_log: level must be trace, debug, info, warn or error, not ${text(level)}`,
          );
        }
        const json = fields === undefined ? undefined : JSON.stringify(fields);
        const entry = text(message);
        const fits = json === undefined || json.length <= MAX_ENTRY_LENGTH;
        host.call(
          'log',
          level as string,
          entry.slice(0, MAX_ENTRY_LENGTH),
          fits ? json : null,
          !fits || entry.length > MAX_ENTRY_LENGTH,
        );
      },
      get_unixtime: function get_unixtime(): number {
        return Math.floor(Date.now() / 1000);
      },
    },
    { enumerable: true },
  );
}

function text(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return JSON.stringify(value) ?? String(value);
  }
  return String(value);
}
