/** A run's linear memory as the host sees it: every access checked, as pointers are the guest's. */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  /** Valid until the memory grows: take it anew for each call. */
  get view(): DataView {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }

  /**
   * The bytes at a pointer, both unsigned whatever their sign in JavaScript.
   * @returns `null` where they are not all inside the memory
   */
  bytes(pointer: number, length: number): Uint8Array | null {
    const start = pointer >>> 0;
    const size = length >>> 0;
    const { buffer } = this.#memory;
    return start + size > buffer.byteLength ? null : new Uint8Array(buffer, start, size);
  }

  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }
}

/** Linear memories never shrink: their size at the end is their peak. */
export function memorySize(memories: readonly WebAssembly.Memory[]): number {
  return memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}
