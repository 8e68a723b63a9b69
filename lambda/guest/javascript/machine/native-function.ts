/** Functions of the host that C code can call by a function pointer. */

/** Name under which the build exports QuickJS's function table. The binary's own exports have one or two letters. */
export const tableExport = 'functionTable';
/** Name under which the build exports `JSValue JS_EvalFunction(JSContext *, JSValue)`: an i32 and an i64 to an i64. */
export const evalFunctionExport = 'JS_EvalFunction';
/** Name under which the build exports the interpreter, which is not called from here. */
export const interpreterExport = 'JS_CallInternal';

type ValueType = 'i32' | 'i64';

const valueTypes = { i32: 0x7f, i64: 0x7e } satisfies Record<ValueType, number>;

/**
 * Gives a JavaScript function a WebAssembly type, so that it can be put into a function table. It is
 * the export of `(module (import "h" "f" (func …)) (export "f" (func 0)))`.
 */
export function nativeFunction(
  params: readonly ValueType[],
  results: readonly ValueType[],
  implementation: (...args: never[]) => unknown,
): WebAssembly.ExportValue | undefined {
  const type = [0x60, ...vector(params), ...vector(results)];
  const module = new WebAssembly.Module(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...[0x01, type.length + 1, 0x01, ...type],
      ...[0x02, 0x07, 0x01, 0x01, 0x68, 0x01, 0x66, 0x00, 0x00],
      ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
    ]),
  );
  const { exports } = new WebAssembly.Instance(module, {
    h: { f: implementation as () => unknown },
  });
  return exports.f;
}

/**
 * Puts a function of the host in the place of one of QuickJS's, whose type has `i32` parameters only.
 * @param index its number in the function table
 * @param wrap makes the new function out of the original
 */
export function replaceFunction<Native extends (...args: number[]) => number | bigint>(
  table: WebAssembly.Table,
  index: number,
  parameterCount: number,
  result: ValueType,
  wrap: (original: Native) => Native,
): void {
  // The layout, found at build time, has the number of a function of this type.
  const implementation = wrap(table.get(index) as Native);
  const params = Array.from({ length: parameterCount }, () => 'i32' as const);
  table.set(index, nativeFunction(params, [result], implementation));
}

function vector(types: readonly ValueType[]): number[] {
  return [types.length, ...types.map((type) => valueTypes[type])];
}
