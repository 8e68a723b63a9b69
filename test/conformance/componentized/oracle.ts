/**
 * `node oracle.ts FOLDER`: what jco's own run of the component in FOLDER/orders gives, one line of JSON
 * for each case. A process of its own: jco writes code out of a component, and runs it with all rights.
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cases } from './cases.ts';

const [folder = ''] = process.argv.slice(2);
const entry = pathToFileURL(join(folder, 'orders', 'orders.js')).href;
const component = (await import(entry)) as {
  readonly pricing: { readonly [name: string]: (...args: unknown[]) => unknown };
  readonly greet: (...args: unknown[]) => unknown;
};

for (const { entrypoint, jco } of cases) {
  const name = entrypoint.split('#').at(-1) ?? '';
  const called = name === 'greet' ? component.greet : component.pricing[name];
  let answer: unknown;
  try {
    answer = { result: json(called?.(...jco)) };
  } catch (error) {
    if (!(error instanceof Error && 'payload' in error)) throw error;
    answer = { error: json(error.payload) };
  }
  console.log(JSON.stringify(answer));
}

/** Values in jco's conventions as results of the engine have them. */
function json(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(json);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if ('tag' in value) {
    const payload = 'val' in value ? json(value.val) : null;
    // An option of an option.
    if (value.tag === 'none') return null;
    if (value.tag === 'some') return { some: payload };
    return payload === null ? { tag: value.tag } : { tag: value.tag, value: payload };
  }
  if (entries.every(([, flag]) => typeof flag === 'boolean')) {
    return entries.flatMap(([name, flag]) => (flag ? [name] : []));
  }
  return Object.fromEntries(entries.map(([name, field]) => [kebab(name), json(field)]));
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
