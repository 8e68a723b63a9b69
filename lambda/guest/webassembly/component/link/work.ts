import { MalformedModule } from '../../../wasm-binary/reader.ts';
import { UnsupportedModule } from '../../module/limits.ts';

/** Components instantiate components: what a small binary says can come to any number of steps. */
const MAX_STEPS = 1_000_000;
/** Of components and of core modules, together. */
const MAX_INSTANCES = 1000;
/** Instances within each other: evaluation recurses. */
const MAX_DEPTH = 100;

/** How much is evaluated for one component. */
export class Work {
  /** Names and types have been found to be right in an evaluation before: they need no second look. */
  readonly isChecked: boolean;
  #steps = 0;
  #instances = 0;
  #depth = 0;

  constructor(isChecked: boolean) {
    this.isChecked = isChecked;
  }

  /** @throws {MalformedModule} */
  step(offset: number): void {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) {
      throw new MalformedModule(`the component takes more than ${MAX_STEPS} steps to link`, offset);
    }
  }

  /** @throws {UnsupportedModule} */
  instance(): void {
    this.#instances += 1;
    if (this.#instances > MAX_INSTANCES) {
      throw new UnsupportedModule(
        `The component instantiates more than ${MAX_INSTANCES} modules and components.`,
      );
    }
  }

  /** @throws {MalformedModule} */
  enter(offset: number): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new MalformedModule(`instances are nested deeper than ${MAX_DEPTH}`, offset);
    }
  }

  leave(): void {
    this.#depth -= 1;
  }
}
