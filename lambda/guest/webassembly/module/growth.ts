/**
 * Tells the host what each growth of a memory came to. A program that is refused memory may abort,
 * trap, use a null pointer or exit, so that its end alone does not show that it ran out of memory; and
 * V8 does not report a failed `memory.grow`.
 *
 * Each `memory.grow` becomes a call of a function added at the module's end, which grows and calls the
 * host's function in a global added at the end. No index of the module changes: an imported function
 * would move those of all others.
 */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import type { GrowSite } from '../../wasm-binary/instructions.ts';
import { findGrowSites, memoryGrow } from '../../wasm-binary/instructions.ts';
import { MalformedModule, Reader } from '../../wasm-binary/reader.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { leb, signedLeb } from '../../wasm-binary/writer.ts';

interface WatchedGrowth {
  /** What is added at the end of sections, by their id. */
  readonly added: ReadonlyMap<number, readonly Uint8Array[]>;
  /** The code section's content. */
  readonly code: Uint8Array[];
  /** Index of the global for the host's function: `(param i32)`, what `memory.grow` returned. */
  readonly global: number;
  /** Where code of the file has moved: see {@link offsetInFile}. */
  readonly moves: readonly Move[];
}

/** Code from `to` on, in the section written, stood at `from` in the file. */
export interface Move {
  readonly to: number;
  readonly from: number;
}

/**
 * @returns `null` where the module never grows a memory, or has instructions that are not known here
 */
export function watchGrowth(bytes: Uint8Array, shape: ModuleShape): WatchedGrowth | null {
  try {
    return watch(bytes, shape);
  } catch (error) {
    if (error instanceof MalformedModule) return null;
    throw error;
  }
}

function watch(bytes: Uint8Array, shape: ModuleShape): WatchedGrowth | null {
  const section = shape.sections.find(({ id }) => id === sectionId.code);
  if (!section || shape.imports.some(({ kind }) => kind === 'global')) return null;
  const { content } = section;
  const imported = shape.imports.filter(({ kind }) => kind === 'memory').length;
  const memoryCount = imported + shape.definedMemories.length;
  const reader = new Reader(bytes, content.start, content.end);
  const count = reader.count();
  const itemsStart = reader.offset;
  const growing: (Body & { readonly sites: readonly GrowSite[] })[] = [];
  for (const body of bodiesOf(reader, count)) {
    const sites = growSites(bytes, body, memoryCount);
    if (sites.length > 0) growing.push({ ...body, sites });
  }
  const memories = [...new Set(growing.flatMap(({ sites }) => sites.map(({ memory }) => memory)))];
  if (memories.length === 0) return null;

  const growers = new Map(memories.map((memory, at) => [memory, shape.functions.length + at]));
  const code: Uint8Array[] = [];
  const moves: Move[] = [];
  let size = 0;
  const put = (part: Uint8Array): void => {
    code.push(part);
    size += part.length;
  };
  const keep = (start: number, end: number): void => {
    moves.push({ to: size, from: start });
    put(bytes.subarray(start, end));
  };
  put(leb(BigInt(count + memories.length)));
  let from = itemsStart;
  for (const { sizeStart, start, end, sites } of growing) {
    keep(from, sizeStart);
    const calls = sites.map(({ memory }) => callOf(growers.get(memory) ?? 0));
    const replaced = sites.reduce((sum, site) => sum + site.end - site.start, 0);
    const added = calls.reduce((sum, call) => sum + call.length, 0);
    put(leb(BigInt(end - start - replaced + added)));
    from = start;
    sites.forEach((site, at) => {
      keep(from, site.start);
      put(calls[at] ?? new Uint8Array(0));
      from = site.end;
    });
    keep(from, end);
    from = end;
  }
  keep(from, content.end);
  const noteType = BigInt(shape.types.length + 1);
  for (const memory of memories) put(growerBody(memory, shape.globalCount, noteType));
  return {
    code,
    global: shape.globalCount,
    moves,
    added: new Map([
      [sectionId.type, [Uint8Array.of(0x60, 1, 0x7f, 1, 0x7f), Uint8Array.of(0x60, 1, 0x7f, 0)]],
      [sectionId.function, memories.map(() => leb(BigInt(shape.types.length)))],
      [sectionId.global, [emptyReference(noteType)]],
    ]),
  };
}

/**
 * Where an offset in the written section lies in the file.
 * @param offset from the start of the section's content
 */
export function offsetInFile(moves: readonly Move[], offset: number): number | null {
  const move = moves.findLast(({ to }) => to <= offset);
  return move ? offset - move.to + move.from : null;
}

interface Body {
  /** Where the body's size stands, before it. */
  readonly sizeStart: number;
  readonly start: number;
  readonly end: number;
}

function* bodiesOf(reader: Reader, count: number): Generator<Body> {
  for (let left = count; left > 0; left -= 1) {
    const sizeStart = reader.offset;
    const size = reader.u32();
    const start = reader.skip(size);
    yield { sizeStart, start, end: start + size };
  }
}

function growSites(bytes: Uint8Array, { start, end }: Body, memories: number): GrowSite[] {
  if (!mayGrow(bytes.subarray(start, end), memories)) return [];
  return findGrowSites(new Reader(bytes, start, end));
}

/**
 * Whether the bytes of a `memory.grow` are there at all, an index in more bytes than it needs
 * included: most bodies need not be walked over.
 */
function mayGrow(body: Uint8Array, memories: number): boolean {
  for (let at = body.indexOf(memoryGrow); at !== -1; at = body.indexOf(memoryGrow, at + 1)) {
    const next = body[at + 1] ?? 0;
    if (next < memories || next >= 0x80) return true;
  }
  return false;
}

function callOf(functionIndex: number): Uint8Array {
  return Uint8Array.of(0x10, ...leb(BigInt(functionIndex)));
}

/** `(global (mut (ref null $type)) (ref.null $type))` */
function emptyReference(type: bigint): Uint8Array {
  return Uint8Array.from([0x63, ...signedLeb(type), 1, 0xd0, ...signedLeb(type), 0x0b]);
}

/** `(func (param i32) (result i32) …)`: grows, and calls the global's function with what that gave. */
function growerBody(memory: number, global: number, noteType: bigint): Uint8Array {
  const body = [
    0, // no locals
    ...[0x20, 0, memoryGrow, ...leb(BigInt(memory)), 0x22, 0],
    ...[0x23, ...leb(BigInt(global)), 0x14, ...leb(noteType)],
    ...[0x20, 0, 0x0b],
  ];
  return Uint8Array.from([...leb(BigInt(body.length)), ...body]);
}
