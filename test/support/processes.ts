/** What Linux's `/proc` says about an engine's processes: tests count them, and see them end. */

import { readdirSync, readFileSync } from 'node:fs';

/** The processes below one; see proc(5). */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(Number(name), parent);
  }
  const found: number[] = [];
  const visit = (ancestor: number): void => {
    for (const [child, parent] of parents) {
      if (parent !== ancestor) continue;
      found.push(child);
      visit(child);
    }
  };
  visit(pid);
  return found;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

/** The sandbox processes of an engine. */
export function sandboxesOf(pid: number): number[] {
  return descendants(pid).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('guest.mjs');
    } catch {
      return false;
    }
  });
}

export function isAlive(pid: number): boolean {
  return parentOf(pid) !== null;
}
