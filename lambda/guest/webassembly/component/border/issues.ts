/** What of a request does not fit a function's types: where, and which type is wanted. */

import type { ValueType } from '../types/value-type.ts';
import { typeText } from '../types/wit-text.ts';

export interface Issue {
  /** `args[0].name`. */
  readonly path: string;
  readonly reason: string;
}

/** More help nobody. */
const MAX_ISSUES = 20;

export class Issues {
  readonly found: Issue[] = [];

  /** No more are told. */
  get isFull(): boolean {
    return this.found.length >= MAX_ISSUES;
  }

  add(path: string, reason: string): void {
    if (!this.isFull) this.found.push({ path, reason });
  }

  /** @param wanted what would fit, where that is not plain from the type */
  misfit(path: string, type: ValueType, wanted?: string): undefined {
    if (this.isFull) return undefined;
    this.add(
      path,
      `not ${wanted ? `${wanted}, as ` : ''}${typeText(type)}${wanted ? ' wants' : ''}`,
    );
    return undefined;
  }
}
