/** Follows what is on the operand stack of a WebAssembly function, as far as that is a local's value. */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import type { Reader } from '../../wasm-binary/reader.ts';
import type { Signature } from '../../wasm-binary/types.ts';

/** How many operands an instruction takes that gives one value, by ranges of opcodes. */
const operators: readonly (readonly [from: number, to: number, operands: number])[] = [
  [0x1b, 0x1b, 3], // select
  [0x23, 0x23, 0], // global.get
  [0x28, 0x35, 1], // loads
  [0x3f, 0x3f, 0], // memory.size
  [0x40, 0x40, 1], // memory.grow
  [0x41, 0x44, 0], // constants
  [0x45, 0x45, 1],
  [0x46, 0x4f, 2],
  [0x50, 0x50, 1],
  [0x51, 0x66, 2],
  [0x67, 0x69, 1],
  [0x6a, 0x78, 2],
  [0x79, 0x7b, 1],
  [0x7c, 0x8a, 2],
  [0x8b, 0x91, 1],
  [0x92, 0x98, 2],
  [0x99, 0x9f, 1],
  [0xa0, 0xa6, 2],
  [0xa7, 0xc4, 1],
];
const operandCounts: ReadonlyMap<number, number> = new Map(
  operators.flatMap(([from, to, operands]) =>
    Array.from({ length: to - from + 1 }, (_, index) => [from + index, operands] as const),
  ),
);
const [nop, call, callIndirect, drop] = [0x01, 0x10, 0x11, 0x1a];
const [localGet, localSet, localTee, globalSet] = [0x20, 0x21, 0x22, 0x24];
const bulk = 0xfc;
/** `unreachable`, blocks, branches, `return`. */
const controls: ReadonlySet<number> = new Set([
  0x00, 0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
]);

/** The local whose value it is; `null`: some other value. */
type Operand = number | null;

export class Operands {
  readonly #shape: ModuleShape;
  readonly #stack: Operand[] = [];

  constructor(shape: ModuleShape) {
    this.#shape = shape;
  }

  /** Takes operands off the stack, the last one first. */
  taken(count: number): Operand[] {
    // Below what is known lie values from before the last jump or label.
    return Array.from({ length: count }, () => this.#stack.pop() ?? null);
  }

  /**
   * Follows an instruction that does not write to memory.
   * @param immediates reads what stands behind the opcode
   * @returns whether the next instruction is the one that is run next, and no other leads to it
   * @throws {MalformedModule} at an instruction that is not known here
   */
  follow(opcode: number, immediates: Reader): boolean {
    const operands = operandCounts.get(opcode);
    if (operands !== undefined) {
      this.#operate(operands, 1);
      return true;
    }
    if (controls.has(opcode)) {
      this.#stack.length = 0;
      return false;
    }
    switch (opcode) {
      case nop:
        return true;
      case drop:
      case globalSet:
        this.#operate(1, 0);
        return true;
      case localGet:
        this.#stack.push(immediates.u32());
        return true;
      case localSet:
        this.#assign(immediates.u32());
        return true;
      case localTee: {
        const local = immediates.u32();
        this.#assign(local);
        this.#stack.push(local);
        return true;
      }
      case call:
        this.#call(this.#shape.functions[immediates.u32()], immediates);
        return false;
      case callIndirect:
        this.#operate(1, 0);
        this.#call(this.#shape.types[immediates.u32()], immediates);
        return false;
      case bulk:
        // Conversions.
        if (immediates.u32() < 8) {
          this.#operate(1, 1);
          return true;
        }
    }
    throw immediates.malformed(`unknown instruction 0x${opcode.toString(16)}`);
  }

  #operate(taken: number, given: number): void {
    this.taken(taken);
    for (let left = given; left > 0; left -= 1) this.#stack.push(null);
  }

  #assign(local: number): void {
    this.taken(1);
    this.#stack.forEach((operand, index) => {
      if (operand === local) this.#stack[index] = null;
    });
  }

  #call(signature: Signature | null | undefined, immediates: Reader): void {
    if (!signature) throw immediates.malformed('unknown function type');
    this.#operate(signature.params.length, signature.results.length);
  }
}
