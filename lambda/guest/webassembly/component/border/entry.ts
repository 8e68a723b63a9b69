/** Which function of a component a run calls. */

import { shown } from '../../../wasm-binary/inspect.ts';
import { EntrypointNotFound } from '../../entry.ts';
import type { ComponentFunction } from '../abi/call.ts';
import type { Exports } from '../link/scope.ts';
import { isCompatible, parseVersionedName, type VersionedName } from '../link/versions.ts';
import { functionText } from '../types/wit-text.ts';

export interface ComponentEntry {
  /** The interface that exports it, as the component names it; `null`: the component itself. */
  readonly interfaceName: string | null;
  readonly name: string;
  /**
   * A command is `run` of `wasi:cli/run`, whose end is an exit and not a value. A handler is `handle` of
   * `wasi:http/incoming-handler`: the run's input is its request, its response the result.
   */
  readonly kind: 'function' | 'command' | 'handler';
}

const COMMAND = 'wasi:cli/run';
const HANDLER = 'wasi:http/incoming-handler';
const usual = ['main', 'run'];
const MAX_LISTED = 50;

/**
 * @param entrypoint of the request: `add`, or `ns:pkg/iface#func`, with or without the version
 * @throws {EntrypointNotFound} which lists the functions with their types
 */
export function chooseComponentEntry(exports: Exports, entrypoint: string | null): ComponentEntry {
  const entries = [...functionsOf(exports)];
  const found =
    entrypoint === null
      ? (entries.find(({ kind }) => kind === 'command') ??
        entries.find(({ kind }) => kind === 'handler') ??
        entries.find(({ interfaceName, name }) => interfaceName === null && usual.includes(name)))
      : entries.find((entry) => isNamed(entry, entrypoint));
  if (found) return found;
  const what =
    entrypoint === null
      ? 'The component is no command (it does not export wasi:cli/run): name a function with "entrypoint"'
      : `The component has no function "${shown(entrypoint)}"`;
  const listed = entries.slice(0, MAX_LISTED).map(({ interfaceName, name, func }) => {
    const path = interfaceName === null ? name : `${interfaceName}#${name}`;
    return `${shown(path)}: ${functionText(func.type)}`;
  });
  const more = entries.length > MAX_LISTED ? `; and ${entries.length - MAX_LISTED} more` : '';
  const there = listed.length > 0 ? `${listed.join('; ')}${more}` : 'none';
  throw new EntrypointNotFound(`${what}. Exported functions: ${there}.`, listed);
}

/** Whether a request means a program rather than a function: its `args` are those of the program. */
export function namesCommand(entrypoint: string | null): boolean {
  return entrypoint === null || parseVersionedName(entrypoint).name.startsWith(COMMAND);
}

/** @returns the function of the instance that runs */
export function entryFunction(
  exports: Exports,
  { interfaceName, name }: ComponentEntry,
): ComponentFunction {
  for (const found of functionsOf(exports)) {
    if (found.interfaceName === interfaceName && found.name === name) return found.func;
  }
  throw new Error(`the export ${name} has gone`);
}

function* functionsOf(
  exports: Exports,
): Generator<ComponentEntry & { readonly func: ComponentFunction }> {
  for (const [name, item] of exports) {
    if (item.sort === 'func') {
      yield { interfaceName: null, name, func: item.func, kind: 'function' };
    }
    if (item.sort !== 'instance') continue;
    const versioned = parseVersionedName(name);
    for (const [inner, { sort, ...rest }] of item.exports) {
      if (sort !== 'func' || !('func' in rest)) continue;
      yield { interfaceName: name, name: inner, func: rest.func, kind: kindOf(versioned, inner) };
    }
  }
}

function kindOf({ name, version }: VersionedName, func: string): ComponentEntry['kind'] {
  if (!isCompatible('0.2.0', version)) return 'function';
  if (name === COMMAND && func === 'run') return 'command';
  return name === HANDLER && func === 'handle' ? 'handler' : 'function';
}

function isNamed({ interfaceName, name }: ComponentEntry, entrypoint: string): boolean {
  if (interfaceName === null) return entrypoint === name;
  if (entrypoint === `${interfaceName}#${name}`) return true;
  return entrypoint === `${parseVersionedName(interfaceName).name}#${name}`;
}
