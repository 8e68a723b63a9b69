/**
 * Prepares quickjs-emscripten's WebAssembly binary at build time: exports its function table, and
 * lets it grow. QuickJS tells of unhandled promise rejections by a C function pointer that
 * quickjs-emscripten has no setter for; with the table at hand, the realm can install one.
 */

const EXPORT_SECTION = 7;
const TABLE_SECTION = 4;

/** Name of the added export. The binary's own exports have one or two letters. */
export const tableExport = 'functionTable';

/**
 * @param binary the module as quickjs-emscripten ships it
 * @returns the same module with its table exported and without a maximum
 * @throws {Error} where the binary is not as expected
 */
export function exportFunctionTable(binary: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [binary.subarray(0, 8)];
  let offset = 8;
  let changed = 0;
  while (offset < binary.length) {
    const id = binary[offset];
    const [size, start] = readVarint(binary, offset + 1);
    const content = binary.subarray(start, start + size);
    if (id === TABLE_SECTION) {
      parts.push(section(TABLE_SECTION, withoutMaximum(content)));
      changed += 1;
    } else if (id === EXPORT_SECTION) {
      parts.push(section(EXPORT_SECTION, withTable(content)));
      changed += 1;
    } else {
      parts.push(binary.subarray(offset, start + size));
    }
    offset = start + size;
  }
  if (changed !== 2) throw new Error('The QuickJS binary has no table or export section.');
  return Buffer.concat(parts);
}

function withoutMaximum(content: Uint8Array): Uint8Array {
  const [count, elementType] = content;
  if (count !== 1 || elementType !== 0x70) throw new Error('The QuickJS binary has other tables.');
  const [minimum] = readVarint(content, 3);
  return Uint8Array.of(1, 0x70, 0, ...varint(minimum));
}

function withTable(content: Uint8Array): Uint8Array {
  const [count, start] = readVarint(content, 0);
  const name = Buffer.from(tableExport);
  return Buffer.concat([
    varint(count + 1),
    content.subarray(start),
    varint(name.length),
    name,
    Uint8Array.of(1, 0),
  ]);
}

function section(id: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(id), varint(content.length), content]);
}

function readVarint(bytes: Uint8Array, offset: number): [value: number, next: number] {
  let value = 0;
  let shift = 0;
  let position = offset;
  for (;;) {
    const byte = bytes[position];
    if (byte === undefined || shift > 28) throw new Error('The QuickJS binary is malformed.');
    position += 1;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value >>> 0, position];
    shift += 7;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return Uint8Array.from(bytes);
}
