/** Instructions and values that the mends are made of, by number. */

export const [block, ifThen, otherwise, end] = [0x02, 0x04, 0x05, 0x0b];
export const [br, brIf, brTable, returns, call, callIndirect, drop] = [
  0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x1a,
];
export const [localGet, localSet, localTee, globalGet, globalSet] = [0x20, 0x21, 0x22, 0x23, 0x24];
export const [i32Load, i64Load, i32Load8, i32Store, i64Store] = [0x28, 0x29, 0x2d, 0x36, 0x37];
export const [i32Const, i64Const] = [0x41, 0x42];
export const [i32Eqz, i32Eq, i32Ne, i32Lts, i32Ltu, i64Eq] = [0x45, 0x46, 0x47, 0x48, 0x49, 0x51];
export const [i32Add, i32Sub, i32And, i32Or, i32Xor, i32Shl] = [0x6a, 0x6b, 0x71, 0x72, 0x73, 0x74];
export const [i64ShrU, i32WrapI64] = [0x88, 0xa7];
/** What a block gives. */
export const [noResult, i32Result] = [0x40, 0x7f];
/** The global variable that is the pointer to the stack in linear memory. */
export const STACK_POINTER = 0;
/** `JS_UNDEFINED`, 3 << 32. */
export const undefinedValue = [i64Const, 0x80, 0x80, 0x80, 0x80, 0x30];
/** `JS_EXCEPTION`, 6 << 32. */
export const exception = [i64Const, 0x80, 0x80, 0x80, 0x80, 0xe0, 0x00];
export const JS_FreeValue = [call, 19];
