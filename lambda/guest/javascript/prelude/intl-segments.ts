/** What `Intl.Segmenter.prototype.segment` gives. */

import { ask, type ServiceState } from './intl-service.ts';

interface Segment {
  readonly segment: string;
  readonly index: number;
  readonly input: string;
  readonly isWordLike?: boolean;
}

interface Boundaries {
  readonly starts: readonly number[];
  readonly wordLike: readonly number[];
}

export class Segments {
  readonly #input: string;
  readonly #words: boolean;
  readonly #boundaries: Boundaries;

  constructor(segmenter: ServiceState, input: string) {
    this.#input = input;
    this.#words = Reflect.get(segmenter.resolved, 'granularity') === 'word';
    const { locales, options } = segmenter;
    this.#boundaries = ask('intl.segments', locales, options, input) as Boundaries;
  }

  containing(index?: unknown): Segment | undefined {
    const position = Math.trunc(Number(index)) || 0;
    if (position < 0 || position >= this.#input.length) return undefined;
    return this.#at(this.#boundaries.starts.findLastIndex((start) => start <= position));
  }

  *[Symbol.iterator](): Generator<Segment> {
    for (const number of this.#boundaries.starts.keys()) yield this.#at(number);
  }

  #at(number: number): Segment {
    const { starts, wordLike } = this.#boundaries;
    const index = starts[number] ?? 0;
    const segment = this.#input.slice(index, starts[number + 1]);
    const found = { segment, index, input: this.#input };
    return this.#words ? { ...found, isWordLike: wordLike[number] === 1 } : found;
  }
}
// A script cannot make one by itself.
Reflect.deleteProperty(Segments.prototype, 'constructor');
