/** What stands around a piece of a program that is being made. */

import type { Random } from '../memory-programs.ts';

/** What the code around allows. */
export interface Surroundings {
  readonly inFunction: boolean;
  readonly mayYield: boolean;
  readonly mayAwait: boolean;
  readonly inLoop: boolean;
  /** Labels of loops around, within the same function. */
  readonly labels: readonly string[];
  readonly inClass: boolean;
}

export const ownFunction: Surroundings = {
  inFunction: true,
  mayYield: false,
  mayAwait: false,
  inLoop: false,
  labels: [],
  inClass: false,
};

export class Scope {
  readonly random: Random;
  readonly surroundings: Surroundings;
  readonly #outer: Scope | null;
  readonly #names: string[] = [];
  readonly #constants = new Set<string>();
  readonly #counter: { last: number };

  constructor(random: Random, surroundings: Surroundings, outer: Scope | null = null) {
    this.random = random;
    this.surroundings = surroundings;
    this.#outer = outer;
    this.#counter = outer === null ? { last: 0 } : outer.#counter;
  }

  within(change: Partial<Surroundings> = {}): Scope {
    return new Scope(this.random, { ...this.surroundings, ...change }, this);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.random(items.length)] as Item;
  }

  /** True once in so many times. */
  rarely(times: number): boolean {
    return this.random(times) === 0;
  }

  /** A name that nothing has. */
  newName(): string {
    this.#counter.last += 1;
    return `v_${this.#counter.last}`;
  }

  declare(names: readonly string[], isConstant = false): void {
    this.#names.push(...names);
    if (isConstant) for (const name of names) this.#constants.add(name);
  }

  /** A name that may be read, or one that may be assigned to; `null` where there is none. */
  name(use: 'read' | 'assign'): string | null {
    const names = this.#all().filter((name) => use === 'read' || !this.#isConstant(name));
    return names.length === 0 ? null : this.pick(names);
  }

  #all(): readonly string[] {
    return [...this.#names, ...(this.#outer === null ? [] : this.#outer.#all())];
  }

  #isConstant(name: string): boolean {
    if (this.#constants.has(name) || this.#outer === null) return this.#constants.has(name);
    return this.#outer.#isConstant(name);
  }
}
