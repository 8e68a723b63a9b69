/**
 * Follows what a guest does after it was refused memory. One that cannot do without soon aborts, traps
 * or exits, with a message at most; where it went on, what happens later has other reasons.
 */

import { type BoundedModule, grantPages } from './limits.ts';

export interface Refusal {
  /** It went on since: it got memory, printed a result, opened or read a file, or asked for something. */
  readonly survived: boolean;
  /** From the refusal to the guest's end. */
  readonly cpuMs: number;
  readonly elapsedMs: number;
}

export class RefusalWatch {
  /**
   * What the guest's code calls with what each `memory.grow` returned: an exported function, as V8
   * lets no other be the value of a typed global.
   */
  readonly noteGrowth: unknown;
  #refused: { atCpuMs: number; atMs: number; survived: boolean } | null = null;

  constructor() {
    const note = (pages: number): void => {
      if (pages === -1) {
        this.#refused = { atCpuMs: threadCpuMs(), atMs: performance.now(), survived: false };
      } else {
        this.goesOn();
      }
    };
    this.noteGrowth = new WebAssembly.Instance(reexport, { host: { note } }).exports.note;
  }

  /** Forgets the run before. */
  reset(): void {
    this.#refused = null;
  }

  /** The guest does what no program does that gives up. */
  goesOn(): void {
    if (this.#refused) this.#refused.survived = true;
  }

  /** The last one, at the guest's end; `null` where nothing was refused. */
  refusal(): Refusal | null {
    if (!this.#refused) return null;
    const { atCpuMs, atMs, survived } = this.#refused;
    return { survived, cpuMs: threadCpuMs() - atCpuMs, elapsedMs: performance.now() - atMs };
  }
}

/** @param growthExport the global that takes the function to call, see `BoundedModule` */
export function watchGrowth(
  { exports }: WebAssembly.Instance,
  growthExport: string | null,
  watch: RefusalWatch,
): void {
  const global = growthExport === null ? null : exports[growthExport];
  if (global instanceof WebAssembly.Global) global.value = watch.noteGrowth;
}

/** The last refusal by the run's limit; those by the module's own maximum do not count. */
export function refusalByLimit(
  watch: RefusalWatch,
  needs: Pick<BoundedModule, 'memories' | 'tableElements'>,
  memoryBytes: number,
): Refusal | null {
  const refusal = watch.refusal();
  if (!refusal) return null;
  const isLimited = grantPages(needs, memoryBytes).some(
    (pages, index) => pages < (needs.memories[index]?.maxPages ?? 0),
  );
  return isLimited ? refusal : null;
}

/** Of this thread, so that neither other work on the machine nor V8's compilation counts. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** `(module (import "host" "note" (func (param i32))) (export "note" (func 0)))` */
const reexport = new WebAssembly.Module(
  Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00],
    ...[0x02, 0x0d, 0x01, 0x04, 0x68, 0x6f, 0x73, 0x74, 0x04, 0x6e, 0x6f, 0x74, 0x65, 0x00, 0x00],
    ...[0x07, 0x08, 0x01, 0x04, 0x6e, 0x6f, 0x74, 0x65, 0x00, 0x00],
  ),
);
