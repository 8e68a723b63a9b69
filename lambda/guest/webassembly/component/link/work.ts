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
  readonly #spent: { steps: number; depth: number };
  #instances = 0;

  constructor(isChecked: boolean, spent = { steps: 0, depth: 0 }) {
    this.isChecked = isChecked;
    this.#spent = spent;
  }

  /** Of a component within it that is checked by itself: its instances are none of the run. */
  aside(): Work {
    return new Work(this.isChecked, this.#spent);
  }

  /** @throws {MalformedModule} */
  step(offset: number): void {
    this.#spent.steps += 1;
    if (this.#spent.steps > MAX_STEPS) {
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
    this.#spent.depth += 1;
    if (this.#spent.depth > MAX_DEPTH) {
      throw new MalformedModule(`instances are nested deeper than ${MAX_DEPTH}`, offset);
    }
  }

  leave(): void {
    this.#spent.depth -= 1;
  }
}
