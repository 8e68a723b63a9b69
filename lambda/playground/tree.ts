/** A JSON value as a tree that folds. Its texts become text nodes. */

import { element } from './dom.ts';

/** Children that are shown at once; a button shows as many more. */
const MAX_CHILDREN = 100;

/** @param depth levels that are open */
export function tree(value: unknown, depth = 2, name: string | null = null): HTMLElement {
  const label = name === null ? [] : [element('span', { className: 'name' }, `${name}: `)];
  if (typeof value !== 'object' || value === null) {
    const text = JSON.stringify(value) ?? 'null';
    const kind = value === null ? 'null' : typeof value;
    return element('div', {}, ...label, element('span', { className: kind }, text));
  }
  const entries = Object.entries(value);
  const count = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) return element('div', {}, ...label, count);
  const node = element('details', {}, element('summary', {}, ...label, count));
  const grow = () => {
    if (node.open && node.childElementCount === 1) addChildren(node, entries, depth - 1);
  };
  node.addEventListener('toggle', grow);
  if (depth > 0) {
    node.open = true;
    grow();
  }
  return node;
}

function addChildren(node: HTMLElement, entries: readonly [string, unknown][], depth: number) {
  const shown = entries.slice(0, MAX_CHILDREN);
  node.append(...shown.map(([name, child]) => tree(child, depth, name)));
  const rest = entries.slice(MAX_CHILDREN);
  if (rest.length === 0) return;
  const more = element('button', {
    onclick() {
      more.remove();
      addChildren(node, rest, depth);
    },
  });
  more.append(`${rest.length} more`);
  node.append(more);
}
