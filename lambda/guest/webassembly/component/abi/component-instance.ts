/** What an instance of a component is at run time: its handles, and whether it may be entered or left. */

import { HandleTable } from './handles.ts';
import { trap } from './trap.ts';

export class ComponentInstance {
  readonly handles = new HandleTable();
  /** Something that it imports waits, so that calls of it may be suspended. */
  readonly mayBlock: boolean;
  readonly #lineage: readonly ComponentInstance[];
  #mayEnter = true;
  #mayLeave = true;

  constructor(parent: ComponentInstance | null, mayBlock: boolean) {
    this.mayBlock = mayBlock;
    this.#lineage = [this, ...(parent?.lineage ?? [])];
  }

  /** Itself, its parent, and so on. */
  get lineage(): readonly ComponentInstance[] {
    return this.#lineage;
  }

  /** Calls between an instance and one that it is within are not allowed, as tests of the model have it. */
  checkApart(caller: ComponentInstance | null): void {
    if (caller && (this.#lineage.includes(caller) || caller.lineage.includes(this))) {
      trap('cannot enter component instance: the call comes from around it, or from within it');
    }
  }

  /**
   * Enters the instance, with those around it that the caller is not in. One that was entered and not
   * left again, as it runs or has trapped, traps.
   * @returns leaves it
   */
  enter(caller: ComponentInstance | null): () => void {
    const entered = this.#lineage.filter((instance) => !caller?.lineage.includes(instance));
    if (!entered.every((instance) => instance.#mayEnter)) {
      trap('cannot enter component instance: it is running, or has trapped');
    }
    for (const instance of entered) instance.#mayEnter = false;
    return () => {
      for (const instance of entered) instance.#mayEnter = true;
    };
  }

  /** While the canonical ABI calls into it, it must not call out. */
  withoutLeaving<Value>(work: () => Value): Value {
    this.#mayLeave = false;
    const value = work();
    this.#mayLeave = true;
    return value;
  }

  checkMayLeave(): void {
    if (!this.#mayLeave) trap('cannot leave component instance');
  }
}
