/**
 * Which marks of writes a function owes at each of its instructions. A mark may come any time after
 * its write, as nothing reads the map before the outermost call has returned: it is put off until
 * the local that holds the address is assigned to, until a path on which nothing was written joins,
 * or until the function returns. Marks of one struct thereby become one, across calls and branches.
 *
 * The function's control flow is walked until no set of marks changes any more: at a label, those
 * are put off further that all ways to it owe.
 */

/** A mark that is owed: of a local's value, plus so many times the bytes that one mark covers. */
export interface Mark {
  readonly local: number;
  readonly bucket: number;
}

/** What an instruction means to the marks; `at` is where it begins. */
export type Step =
  | { readonly kind: 'write'; readonly at: number; readonly mark: Mark }
  | { readonly kind: 'assign'; readonly at: number; readonly local: number }
  | {
      readonly kind: 'block' | 'loop' | 'if' | 'else' | 'end' | 'return' | 'trap';
      readonly at: number;
    }
  | {
      readonly kind: 'branch';
      readonly at: number;
      readonly labels: readonly number[];
      /** Whether the next instruction may be run, too. */
      readonly conditional: boolean;
    };

/** A mark as a number. */
type Key = number;
type Keys = ReadonlySet<Key>;
const none: Keys = new Set();
/** More than an offset can have. */
const BUCKETS = 2 ** 26;

/** What is known of a label or an arm, kept from walk to walk; sets only shrink or grow. */
interface Known {
  /** What all ways to its end owe; `null` while none is known. */
  owedAtEnd: Keys | null;
  /** Of an `if` without `else`: what must be marked before it. */
  readonly markedBefore: Set<Key>;
}

interface Frame {
  readonly kind: 'function' | 'block' | 'loop' | 'if' | 'else';
  readonly known: Known;
  /** What was owed where it began; `null`: it is never reached. */
  readonly owedAtStart: Keys | null;
}

type Emit = (at: number, mark: Mark) => void;

/**
 * @param steps of a function body, its last `end` included
 * @param emit is told each mark and the instruction that it goes before, in order
 */
export function settleMarks(steps: readonly Step[], emit: Emit): void {
  const known = steps.map((): Known => ({ owedAtEnd: null, markedBefore: new Set() }));
  while (new Walk(known, () => {}).over(steps).learnt);
  new Walk(known, emit).over(steps);
}

class Walk {
  readonly #known: readonly Known[];
  readonly #emit: Emit;
  readonly #frames: Frame[] = [
    {
      kind: 'function',
      known: { owedAtEnd: none, markedBefore: new Set() },
      owedAtStart: none,
    },
  ];
  /** What is owed; `null` where no instruction is run. */
  #owed: Set<Key> | null = new Set();
  /** Whether it must be walked again. */
  learnt = false;

  /** @param known by step */
  constructor(known: readonly Known[], emit: Emit) {
    this.#known = known;
    this.#emit = emit;
  }

  over(steps: readonly Step[]): this {
    for (const [index, step] of steps.entries()) this.#take(step, this.#known[index]);
    return this;
  }

  #take(step: Step, own: Known | undefined): void {
    const { kind, at } = step;
    switch (kind) {
      case 'write':
        this.#owed?.add(step.mark.local * BUCKETS + step.mark.bucket);
        return;
      case 'assign':
        this.#settle(at, (key) => Math.floor(key / BUCKETS) !== step.local);
        return;
      case 'block':
      case 'loop':
      case 'if':
        if (own) this.#enter(kind, at, own);
        return;
      case 'else': {
        const frame = this.#leave(at);
        this.#frames.push({ ...frame, kind });
        this.#owed = copyOf(frame.owedAtStart);
        return;
      }
      case 'end': {
        const frame = this.#leave(at);
        if (frame.kind === 'loop') return;
        if (frame.kind === 'if') this.#joinWithoutElse(frame);
        this.#owed = copyOf(frame.known.owedAtEnd);
        return;
      }
      case 'branch':
        this.#branch(at, step.labels);
        if (!step.conditional) this.#owed = null;
        return;
      case 'return':
        this.#settle(at, () => false);
        this.#owed = null;
        return;
      case 'trap':
        // The machine is not used again.
        this.#owed = null;
    }
  }

  #enter(kind: 'block' | 'loop' | 'if', at: number, known: Known): void {
    this.#settle(at, (key) => kind !== 'loop' && !known.markedBefore.has(key));
    this.#frames.push({ kind, known, owedAtStart: copyOf(this.#owed) });
  }

  /** Ends a block or an arm: what is owed there, and not by all ways to the label, is marked. */
  #leave(at: number): Frame {
    const frame = this.#frames.pop();
    if (!frame) throw new Error('A block ends that has not begun.');
    // Only what falls through gets behind a loop.
    if (frame.kind !== 'loop') {
      this.#arrive(frame);
      this.#settle(at, (key) => keeps(frame, key));
    }
    return frame;
  }

  #branch(at: number, labels: readonly number[]): void {
    const targets = labels.map((label) => {
      const target = this.#frames.at(-1 - label);
      if (!target) throw new Error('A branch leads to no block.');
      return target;
    });
    for (const target of targets) this.#arrive(target);
    this.#settle(at, (key) => targets.every((target) => keeps(target, key)));
  }

  #arrive({ kind, known }: Frame): void {
    if (kind !== 'loop') this.#narrow(known, this.#owed);
  }

  /** The way past an `if` has no place for a mark: what must be marked there is marked before. */
  #joinWithoutElse({ known, owedAtStart }: Frame): void {
    this.#narrow(known, owedAtStart);
    for (const key of owedAtStart ?? none) {
      if (known.owedAtEnd?.has(key)) continue;
      known.markedBefore.add(key);
      this.learnt = true;
    }
  }

  #narrow(known: Known, owed: Keys | null): void {
    if (owed === null) return;
    const before = known.owedAtEnd;
    const both = new Set([...owed].filter((key) => before?.has(key) ?? true));
    if (both.size === before?.size) return;
    known.owedAtEnd = both;
    this.learnt = true;
  }

  /** Marks what is owed and must not be put off any further. */
  #settle(at: number, putOff: (key: Key) => boolean): void {
    for (const key of this.#owed ?? none) {
      if (putOff(key)) continue;
      this.#emit(at, { local: Math.floor(key / BUCKETS), bucket: key % BUCKETS });
      this.#owed?.delete(key);
    }
  }
}

function keeps({ kind, known }: Frame, key: Key): boolean {
  return kind !== 'loop' && (known.owedAtEnd?.has(key) ?? false);
}

function copyOf(keys: Keys | null): Set<Key> | null {
  return keys && new Set(keys);
}
