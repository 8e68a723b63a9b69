/** Modules written byte by byte: malformed, enormous, or beyond the text format's tools. */

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function leb(value: number): number[] {
  const out: number[] = [];
  let left = value;
  do {
    const low = left & 0x7f;
    left >>>= 7;
    out.push(left === 0 ? low : low | 0x80);
  } while (left !== 0);
  return out;
}

function section(id: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([id, ...leb(content.length)]), content]);
}

function repeated(count: number, item: readonly number[]): Buffer {
  return Buffer.concat([
    Buffer.from(leb(count)),
    Buffer.alloc(item.length * count, Buffer.from(item)),
  ]);
}

function module(...sections: readonly Buffer[]): Uint8Array {
  return Buffer.concat([Buffer.from('\0asm\x01\0\0\0', 'latin1'), ...sections]);
}

const emptySignature = [0x60, 0, 0];
const oneSignature = section(1, Buffer.from([1, ...emptySignature]));
const exportMain = (index: number): Buffer =>
  section(7, Buffer.from([1, 4, ...Buffer.from('main'), 0, ...leb(index)]));

export function manyFunctions(count: number): Uint8Array {
  return module(
    oneSignature,
    section(3, repeated(count, [0])),
    exportMain(0),
    section(10, repeated(count, [2, 0, 0x0b])),
  );
}

/** Functions of many branches each, which cost a compiler the most for their bytes. */
export function compileBomb(functions: number, blocks: number): Uint8Array {
  const block = [0x02, 0x40, 0x20, 0, 0x0d, 0, 0x20, 0, 0x20, 0, 0x6c, 0x21, 0, 0x0b];
  const code = [1, 1, 0x7f, ...Array.from({ length: blocks }, () => block).flat(), 0x0b];
  return module(
    oneSignature,
    section(3, repeated(functions, [0])),
    exportMain(0),
    section(10, repeated(functions, [...leb(code.length), ...code])),
  );
}

export function nestedBlocks(depth: number): Uint8Array {
  const code = [0, ...Array(depth).fill([0x02, 0x40]).flat(), ...Array(depth).fill(0x0b), 0x0b];
  return module(
    oneSignature,
    section(3, Buffer.from([1, 0])),
    exportMain(0),
    section(10, Buffer.from([1, ...leb(code.length), ...code])),
  );
}

export function manyTypes(count: number): Uint8Array {
  return module(section(1, repeated(count, emptySignature)));
}

export function manyExports(count: number): Uint8Array {
  const names = Array.from({ length: count }, (_, index) => {
    const name = Buffer.from(`export${index}`);
    return Buffer.from([name.length, ...name, 0, 0]);
  });
  return module(
    oneSignature,
    section(3, Buffer.from([1, 0])),
    section(7, Buffer.concat([Buffer.from(leb(count)), ...names])),
    section(10, Buffer.from([1, 2, 0, 0x0b])),
  );
}

export function manyCustomSections(count: number): Uint8Array {
  return module(Buffer.alloc(count * 4, Buffer.from([0, 2, 1, 0x61])));
}

/** Allocates arrays of a million elements and keeps all of them, each in the next one's chain. */
export function gcArrays(): Uint8Array {
  const types = Buffer.from([
    2,
    ...[0x5e, 0x6e, 0x01], // (array (mut anyref))
    ...emptySignature,
  ]);
  const body = [
    ...[1, 1, 0x6e], // one local: anyref
    ...[0x03, 0x40], // loop
    ...[0x20, 0], // local.get 0
    ...[0x41, ...[0xc0, 0x84, 0x3d]], // i32.const 1000000
    ...[0xfb, 0x06, 0], // array.new 0
    ...[0x21, 0], // local.set 0
    ...[0x0c, 0, 0x0b, 0x0b],
  ];
  return module(
    section(1, types),
    section(3, Buffer.from([1, 1])),
    exportMain(0),
    section(10, Buffer.from([1, body.length, ...body])),
  );
}

/** Allocates structs, each holding the one before. */
export function gcChain(): Uint8Array {
  const types = Buffer.from([
    2,
    ...[0x5f, 1, 0x6e, 0x01], // (struct (field (mut anyref)))
    ...emptySignature,
  ]);
  const body = [
    ...[1, 1, 0x6e],
    ...[0x03, 0x40],
    ...[0x20, 0],
    ...[0xfb, 0x00, 0], // struct.new 0
    ...[0x21, 0],
    ...[0x0c, 0, 0x0b, 0x0b],
  ];
  return module(
    section(1, types),
    section(3, Buffer.from([1, 1])),
    exportMain(0),
    section(10, Buffer.from([1, body.length, ...body])),
  );
}

export function uncaughtException(): Uint8Array {
  return module(
    oneSignature,
    section(3, Buffer.from([1, 0])),
    section(13, Buffer.from([1, 0, 0])),
    exportMain(0),
    section(10, Buffer.from([1, 4, 0, 0x08, 0, 0x0b])),
  );
}
