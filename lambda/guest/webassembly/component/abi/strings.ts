/** Texts in linear memory: UTF-8, UTF-16, and Latin-1 where UTF-16 is not needed. */

import { checkPlace, type LiftContext, type LowerContext, memoryOf } from './context.ts';
import { trap } from './trap.ts';

/** Of the specification. */
const MAX_STRING_BYTES = 2 ** 28 - 1;
/** In the length of a text of latin1+utf16: it is UTF-16. */
const UTF16_TAG = 2 ** 31;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true });

/** @param tagged code units, with the tag where the encoding has one; unsigned */
export function loadString(context: LiftContext, pointer: number, tagged: number): string {
  const { encoding } = context.options;
  const isTagged = encoding === 'latin1+utf16' && tagged >= UTF16_TAG;
  const units = isTagged ? tagged - UTF16_TAG : tagged;
  const isWide = encoding === 'utf16' || isTagged;
  const size = isWide ? units * 2 : units;
  if (size > MAX_STRING_BYTES) trap('a string is longer than the limit of 256 MiB');
  checkPlace(context, pointer, encoding === 'utf8' ? 1 : 2, size, 'string');
  context.charge(size + 32);
  const bytes = context.bytes(pointer, size, 'string');
  if (encoding === 'latin1+utf16' && !isWide) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, size).toString('latin1');
  }
  try {
    return (isWide ? utf16 : utf8).decode(bytes);
  } catch {
    return trap(`a string is not valid ${isWide ? 'UTF-16' : 'UTF-8'}`);
  }
}

/** @returns pointer and length in code units, tagged where the encoding wants it */
export function storeString(context: LowerContext, text: string): [number, number] {
  switch (context.options.encoding) {
    case 'utf8':
      return storeUtf8(context, text);
    case 'utf16':
      return storeUtf16(context, text);
    case 'latin1+utf16':
      return storeLatin1OrUtf16(context, text);
  }
}

/** How many code units the text has where it comes from. */
function sourceUnits({ source }: LowerContext, text: string): number {
  return source === 'utf8' ? Buffer.byteLength(text) : text.length;
}

/** What is allocated at first is what an ASCII text needs, as the specification has it. */
function storeUtf8(context: LowerContext, text: string): [number, number] {
  const size = Buffer.byteLength(text);
  const units = sourceUnits(context, text);
  if (context.source === 'host' || context.source === 'utf8' || size === units) {
    return [write(context, text, 'utf8', context.allocate(1, size), size), size];
  }
  const isLatin1 = context.source === 'latin1+utf16' && isAllLatin1(text);
  const most = units * (isLatin1 ? 2 : 3);
  let pointer = context.reallocate(context.allocate(1, units), units, 1, most);
  write(context, text, 'utf8', pointer, size);
  if (size < most) pointer = context.reallocate(pointer, most, 1, size);
  return [pointer, size];
}

function storeUtf16(context: LowerContext, text: string): [number, number] {
  const size = text.length * 2;
  const most = context.source === 'utf8' ? sourceUnits(context, text) * 2 : size;
  let pointer = context.allocate(2, most);
  write(context, text, 'utf16le', pointer, size);
  if (size < most) pointer = context.reallocate(pointer, most, 2, size);
  return [pointer, text.length];
}

function storeLatin1OrUtf16(context: LowerContext, text: string): [number, number] {
  const { source } = context;
  const units = sourceUnits(context, text);
  const size = text.length * 2;
  if (isAllLatin1(text)) {
    let pointer = context.allocate(2, units);
    write(context, text, 'latin1', pointer, text.length);
    if (text.length < units) pointer = context.reallocate(pointer, units, 2, text.length);
    return [pointer, text.length];
  }
  const tagged = text.length + UTF16_TAG;
  if (source === 'latin1+utf16' || source === 'host') {
    return [write(context, text, 'utf16le', context.allocate(2, size), size), tagged];
  }
  const most = units * 2;
  let pointer = context.reallocate(context.allocate(2, units), units, 2, most);
  write(context, text, 'utf16le', pointer, size);
  if (size < most) pointer = context.reallocate(pointer, most, 2, size);
  return [pointer, tagged];
}

function isAllLatin1(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0xff) return false;
  return true;
}

/** @returns the pointer */
function write(
  context: LowerContext,
  text: string,
  encoding: 'utf8' | 'utf16le' | 'latin1',
  pointer: number,
  size: number,
): number {
  const bytes = memoryOf(context.options).bytes(pointer, size);
  if (!bytes) return trap('string: pointer out of bounds of memory');
  const isWellFormed = encoding !== 'utf16le' || text.isWellFormed();
  Buffer.from(bytes.buffer, bytes.byteOffset, size).write(
    isWellFormed ? text : text.toWellFormed(),
    encoding,
  );
  return pointer;
}
