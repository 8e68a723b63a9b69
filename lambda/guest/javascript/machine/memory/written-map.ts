/**
 * Which parts of a machine's memory have been written to since its image was laid: a byte for each
 * KiB, 1 where a write began. The machine's own code keeps the map; see `write-tracking.ts`.
 */

export const STRETCH_SHIFT = 10;
export const STRETCH_BYTES: number = 2 ** STRETCH_SHIFT;

/**
 * Where the map lies: behind the static data, at the bottom of the C stack. The stack has 5 MiB,
 * QuickJS keeps to 1 MiB of it, and the process to what is not much more.
 */
export const MAP_ADDRESS = 256 * 1024;
/** For the 2 GiB that Emscripten's heap may have. */
const MAP_BYTES = 2 ** 31 / STRETCH_BYTES;
export const MAP_END = MAP_ADDRESS + MAP_BYTES;

/**
 * A store whose offset is below this is marked where its address is, together with the others of that
 * address: the fields of most structs.
 */
export const NEAR_BYTES = 128;
/** How far behind its mark a write may begin, and then reach: a store's offset, and its width. */
const REACH_BYTES = NEAR_BYTES + 8;

export class WrittenMap {
  readonly #memory: WebAssembly.Memory;
  #buffer: ArrayBufferLike;
  #marks: Buffer;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#buffer = memory.buffer;
    this.#marks = Buffer.alloc(0);
    this.#attach();
  }

  /** Marks what the host itself writes: only the machine's code marks its own writes. */
  mark(address: number, bytes: number): void {
    this.#attach();
    const end = Math.min(address + bytes, this.#buffer.byteLength);
    for (let from = address; from < end; from += STRETCH_BYTES) {
      this.#marks[from >>> STRETCH_SHIFT] = 1;
    }
    if (end > address) this.#marks[(end - 1) >>> STRETCH_SHIFT] = 1;
  }

  /** Whether something wrote, or may have written, to the map itself. */
  get tampered(): boolean {
    this.#attach();
    const first = (MAP_ADDRESS - REACH_BYTES) >>> STRETCH_SHIFT;
    const found = this.#marks.indexOf(1, first);
    return found !== -1 && found < MAP_END >>> STRETCH_SHIFT;
  }

  /**
   * Calls back for each range that may have been written to, in order, and clears the map.
   * @param visit gets addresses, of the first byte and behind the last; ranges do not overlap
   */
  take(visit: (from: number, to: number) => void): void {
    this.#attach();
    const marks = this.#marks;
    let from = 0;
    let to = 0;
    for (let index = marks.indexOf(1); index !== -1; index = marks.indexOf(1, index)) {
      const start = index * STRETCH_BYTES;
      if (start > to) {
        if (to > from) visit(from, to);
        from = start;
      }
      // Marks are rarely alone.
      while (marks[index] === 1) marks[index++] = 0;
      to = index * STRETCH_BYTES + REACH_BYTES;
    }
    if (to > from) visit(from, Math.min(to, this.#buffer.byteLength));
  }

  /** Growing the memory detaches the buffer before. */
  #attach(): void {
    const { buffer } = this.#memory;
    if (buffer === this.#buffer && this.#marks.length > 0) return;
    this.#buffer = buffer;
    this.#marks = Buffer.from(buffer, MAP_ADDRESS, buffer.byteLength / STRETCH_BYTES);
  }
}
