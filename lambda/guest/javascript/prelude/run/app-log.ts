/** `app_log` and `get_unixtime`: the globals that the engine adds to the web platform. */

import { logLevels } from '../../../../contract/protocol.ts';
import { isError } from '../console/inspect/brands.ts';
import type { Prelude } from '../core/host.ts';
import {
  arrayIncludes,
  charCodeAt,
  floor,
  get,
  hasOwn,
  slice,
  TypeErrorClass,
  toText,
} from '../core/intrinsics.ts';
import { logJson } from './log-json.ts';

/** In UTF-16 units: a longer message is cut, longer fields are dropped. The host counts bytes. */
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
        const json = logJson(fieldsOf(message, fields)) ?? '{}';
        const entry = text(message);
        const fits = json.length <= MAX_ENTRY_LENGTH;
        host.call(
          'log',
          level as string,
          cut(entry),
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

/** An error, in place of the message or of the fields, is the field `error`. */
function fieldsOf(message: unknown, fields: unknown): unknown {
  if (isError(fields)) return { error: fields };
  if (!isError(message)) return fields;
  if (typeof fields !== 'object' || fields === null) return { error: message };
  return hasOwn(fields, 'error') ? fields : { ...fields, error: message };
}

/** A pair of surrogates stays whole. */
function cut(entry: string): string {
  if (entry.length <= MAX_ENTRY_LENGTH) return entry;
  const last = charCodeAt(entry, MAX_ENTRY_LENGTH - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return slice(entry, 0, splitsPair ? MAX_ENTRY_LENGTH - 1 : MAX_ENTRY_LENGTH);
}

function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return toText(value);
  return isError(value)
    ? toText(get(value as object, 'message'))
    : (logJson(value) ?? toText(value));
}
