/** Constant expressions, such as the initial value of a table: core specification 5.4.9. */

import type { Reader } from './reader.ts';

/** Steps over a constant expression, so that what follows it can be read. */
export function skipConstantExpression(reader: Reader): void {
  for (;;) {
    const opcode = reader.byte();
    switch (opcode) {
      case 0x0b:
        return;
      case 0x23: // global.get
      case 0xd2: // ref.func
      case 0x41: // i32.const
        reader.skipLeb(5);
        break;
      case 0x42: // i64.const
        reader.skipLeb(10);
        break;
      case 0x43: // f32.const
        reader.skip(4);
        break;
      case 0x44: // f64.const
        reader.skip(8);
        break;
      case 0xd0: // ref.null
        reader.s33();
        break;
      case 0x6a: // i32.add, sub, mul; i64.add, sub, mul
      case 0x6b:
      case 0x6c:
      case 0x7c:
      case 0x7d:
      case 0x7e:
        break;
      case 0xfb: // struct.new, array.new and their kind
        skipGcConstant(reader);
        break;
      case 0xfd: // v128.const
        if (reader.u32() !== 12) throw reader.malformed('not a constant instruction');
        reader.skip(16);
        break;
      default:
        throw reader.malformed('not a constant instruction');
    }
  }
}

function skipGcConstant(reader: Reader): void {
  const opcode = reader.u32();
  const indices = new Map([
    [0, 1],
    [1, 1],
    [6, 1],
    [7, 1],
    [8, 2],
    [26, 0],
    [27, 0],
    [28, 0],
  ]).get(opcode);
  if (indices === undefined) throw reader.malformed('not a constant instruction');
  for (let left = indices; left > 0; left -= 1) reader.u32();
}
