/** `console.table`. */

import {
  create,
  get,
  hasOwn,
  isArray,
  join,
  mapEntries,
  max,
  objectKeys,
  ownKeys,
  repeat,
  setValues,
} from '../../core/intrinsics.ts';
import { isMap, isSet, isTypedArray, previewIterator } from './brands.ts';
import type { Inspector } from './inspect.ts';
import { columns } from './width.ts';

/**
 * @param data an object of any kind
 * @param properties the columns to show; all where it is absent
 * @param room how many characters the caller shows at most
 */
export function formatTable(
  inspector: Inspector,
  data: object,
  properties: readonly PropertyKey[] | undefined,
  room: number,
): string {
  const cell = (value: unknown): string =>
    inspector.inspect(value, {
      depth: isLargeObject(value) ? -1 : 0,
      maxArrayLength: 3,
      breakLength: Infinity,
    });
  let iterator = data;
  if (isMap(data)) iterator = mapEntries(data);
  else if (isSet(data)) iterator = setValues(data);
  const preview = previewIterator(iterator);
  if (preview !== undefined) {
    const { kind, items, entries } = preview;
    return isMap(data) || (kind === 'Map' && entries)
      ? keyed(items, cell, room)
      : listed(items, cell, room);
  }
  return rows(data, properties, cell, room);
}

const isLargeObject = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !isArray(value) &&
  !isTypedArray(value) &&
  objectKeys(value).length > 2;

type Cell = (value: unknown) => string;

function keyed(entries: readonly unknown[], cell: Cell, room: number): string {
  const indexes: string[] = [];
  const keys: string[] = [];
  const values: string[] = [];
  for (let i = 0; i < entries.length && i <= room; i++) {
    const entry = entries[i] as object;
    indexes[i] = cell(i);
    keys[i] = cell(get(entry, 0));
    values[i] = cell(get(entry, 1));
  }
  return render(['(iteration index)', 'Key', 'Values'], [indexes, keys, values], room);
}

function listed(items: readonly unknown[], cell: Cell, room: number): string {
  const indexes: string[] = [];
  const values: string[] = [];
  for (let i = 0; i < items.length && i <= room; i++) {
    indexes[i] = cell(i);
    values[i] = cell(items[i]);
  }
  return render(['(iteration index)', 'Values'], [indexes, values], room);
}

function rows(
  data: object,
  properties: readonly PropertyKey[] | undefined,
  cell: Cell,
  room: number,
): string {
  const byName: Record<PropertyKey, string[]> = create(null);
  const primitives: string[] = [];
  let hasPrimitives = false;
  const indexes = objectKeys(data);
  // A row takes more than one character.
  if (indexes.length > room) indexes.length = room + 1;
  for (let row = 0; row < indexes.length; row++) {
    const item = get(data, indexes[row] as string);
    const isPrimitive = item === null || (typeof item !== 'function' && typeof item !== 'object');
    if (properties === undefined && isPrimitive) {
      hasPrimitives = true;
      primitives[row] = cell(item);
      continue;
    }
    const names: readonly PropertyKey[] = properties ?? objectKeys(item as object);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as PropertyKey;
      byName[name] ??= [];
      const isAbsent = isPrimitive || !hasOwn(item, name);
      (byName[name] as string[])[row] = isAbsent ? '' : cell(get(item as object, name));
    }
  }
  const head = ['(index)'];
  const cells = [indexes];
  const names = ownKeys(byName);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (typeof name !== 'string') continue;
    head[head.length] = name;
    cells[cells.length] = byName[name] as string[];
  }
  if (hasPrimitives) {
    head[head.length] = 'Values';
    cells[cells.length] = primitives;
  }
  return render(head, cells, room);
}

/** @param cells by column; holes are blank */
function render(head: string[], cells: string[][], room: number): string {
  const widths: number[] = [];
  let height = 0;
  for (let column = 0; column < head.length; column++) {
    const values = cells[column] as string[];
    let width = columns(head[column] as string);
    for (let row = 0; row < values.length; row++) {
      if (hasOwn(values, row)) width = max(width, columns(values[row] as string));
    }
    widths[column] = width + 2;
    height = max(height, values.length);
  }
  const rule = (left: string, middle: string, right: string): string => {
    const lines: string[] = [];
    for (let i = 0; i < widths.length; i++) lines[i] = repeat('─', widths[i] as number);
    return left + join(lines, middle) + right;
  };
  const line = (read: (column: number) => string): string => {
    const texts: string[] = [];
    for (let i = 0; i < widths.length; i++) {
      const text = read(i);
      texts[i] = ` ${text}${repeat(' ', (widths[i] as number) - 1 - columns(text))}`;
    }
    return `│${join(texts, '│')}│\n`;
  };
  let text = `${rule('┌', '┬', '┐')}\n${line((column) => head[column] as string)}`;
  text += `${rule('├', '┼', '┤')}\n`;
  for (let row = 0; row < height && text.length <= room; row++) {
    text += line((column) => {
      const values = cells[column] as string[];
      return hasOwn(values, row) ? (values[row] as string) : '';
    });
  }
  return text + rule('└', '┴', '┘');
}
