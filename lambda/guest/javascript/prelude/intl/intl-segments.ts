/** The result of `Intl.Segmenter.prototype.segment`. */

import { callJson, type ServiceState } from './intl-service.ts';

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

/**
 * The text is segmented piece by piece, as Node.js takes time in proportion to the whole text for
 * each of its segments.
 */
const PIECE_LENGTH = 512;
/** A segment this close to the end of a piece may depend on the text after it. */
const MARGIN = 64;

export class Segments {
  readonly #input: string;
  readonly #words: boolean;
  readonly #segmenter: ServiceState;

  constructor(segmenter: ServiceState, input: string) {
    this.#input = input;
    this.#words = Reflect.get(segmenter.resolved, 'granularity') === 'word';
    this.#segmenter = segmenter;
  }

  containing(index?: unknown): Segment | undefined {
    const position = Math.trunc(Number(index)) || 0;
    if (position < 0 || position >= this.#input.length) return undefined;
    for (const segment of this) {
      if (segment.index + segment.segment.length > position) return segment;
    }
    return undefined;
  }

  // Not a generator itself: those print their `*` as no native function does.
  [Symbol.iterator](): Generator<Segment> {
    return this.#segments();
  }

  *#segments(): Generator<Segment> {
    const input = this.#input;
    let begin = 0;
    let length = PIECE_LENGTH;
    while (begin < input.length) {
      const piece = input.slice(begin, begin + length);
      const { starts, wordLike } = this.#boundariesOf(piece);
      const isLast = begin + length >= input.length;
      const whole = isLast ? piece.length : piece.length - MARGIN;
      const ends = starts.slice(1).concat(piece.length);
      const count = ends.findLastIndex((end) => end <= whole) + 1;
      for (let number = 0; number < count; number += 1) {
        const segment = piece.slice(starts[number], ends[number]);
        const found = { segment, index: begin + (starts[number] ?? 0), input };
        yield this.#words ? { ...found, isWordLike: wordLike[number] === 1 } : found;
      }
      begin += ends[count - 1] ?? 0;
      length = count === 0 ? length * 2 : PIECE_LENGTH;
    }
  }

  #boundariesOf(piece: string): Boundaries {
    const { locales, options } = this.#segmenter;
    return callJson('intl.segments', locales, options, piece) as Boundaries;
  }
}
// Scripts cannot construct one.
Reflect.deleteProperty(Segments.prototype, 'constructor');
