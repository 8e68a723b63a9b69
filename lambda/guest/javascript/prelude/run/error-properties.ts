/** The own properties of what was thrown, as JSON of bounded size. Never throws. */

import { framesProperty } from '../../bridge/frames-property.ts';
import { isError } from '../console/inspect/brands.ts';
import {
  arrayIncludes,
  get,
  hasOwn,
  isArray,
  min,
  objectKeys,
  slice,
  toText,
} from '../core/intrinsics.ts';

/** Levels of objects, members of all of them, UTF-16 units of all texts and names. */
const MAX_DEPTH = 5;
const MAX_MEMBERS = 200;
const MAX_LENGTH = 8 * 1024;

/** What an error tells elsewhere: `name` and `message` are its own, `errors` are described. */
const told = ['name', 'message', 'stack', 'errors', framesProperty];

export interface OwnProperties {
  /** Undefined where it has none. */
  readonly properties: { [name: string]: unknown } | undefined;
  /** Whether something was left out for its size. */
  readonly truncated: boolean;
}

/** @param thrown a text has no properties here */
export function ownProperties(thrown: unknown): OwnProperties {
  let members = 0;
  let length = 0;
  let truncated = false;
  const outer: unknown[] = [];
  if (typeof thrown !== 'object' || thrown === null) return { properties: undefined, truncated };
  const properties = attempt(() => describeObject(thrown)) as OwnProperties['properties'];
  return {
    properties:
      properties === undefined || objectKeys(properties).length === 0 ? undefined : properties,
    truncated,
  };

  function describe(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return cut(value);
      case 'bigint':
        return cut(toText(value));
      case 'number':
      case 'boolean':
        return value;
      case 'object':
        return value === null ? null : describeNested(value);
      default:
        return undefined;
    }
  }

  function describeNested(value: object): unknown {
    if (arrayIncludes(outer, value)) return undefined;
    if (outer.length >= MAX_DEPTH) {
      truncated = true;
      return undefined;
    }
    const toJson = attempt(() => get(value, 'toJSON'));
    if (typeof toJson === 'function' && !isError(value)) {
      const json = attempt(() => (value as { toJSON(): unknown }).toJSON());
      return typeof json === 'object' && json !== null ? describeObject(json) : describe(json);
    }
    return describeObject(value);
  }

  function describeObject(value: object): unknown {
    outer[outer.length] = value;
    const described = isArray(value) ? describeArray(value) : describeMembers(value);
    outer.length -= 1;
    return described;
  }

  function describeArray(items: readonly unknown[]): unknown[] {
    const list: unknown[] = [];
    const count = min(items.length, MAX_MEMBERS - members);
    if (count < items.length) truncated = true;
    for (let i = 0; i < count; i++) {
      members += 1;
      list[i] = describe(attempt(() => items[i])) ?? null;
    }
    return list;
  }

  function describeMembers(value: object): { [name: string]: unknown } {
    const isThrown = isError(value);
    const described: { [name: string]: unknown } = { __proto__: null };
    if (isThrown && outer.length > 1) {
      described.name = describe(attempt(() => get(value, 'name')));
      described.message = describe(attempt(() => get(value, 'message')));
    }
    const names = objectKeys(value);
    // The one property of errors that is told although it is not enumerable.
    if (isThrown && hasOwn(value, 'cause') && !arrayIncludes(names, 'cause')) {
      names[names.length] = 'cause';
    }
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (isThrown && arrayIncludes(told, name)) continue;
      if (members >= MAX_MEMBERS || length >= MAX_LENGTH) {
        truncated = true;
        break;
      }
      members += 1;
      const member = describe(attempt(() => get(value, name)));
      if (member !== undefined) described[cut(name)] = member;
    }
    return described;
  }

  function cut(text: string): string {
    const left = MAX_LENGTH - length;
    length += text.length;
    if (text.length <= left) return text;
    truncated = true;
    return slice(text, 0, left > 0 ? left : 0);
  }
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
