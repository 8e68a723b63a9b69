/**
 * Lets functions of QuickJS ask the host where their results are not those of V8. Each is called by way
 * of another one, which decides; both are inlined, so that the ordinary case costs a comparison.
 */

import binaryen from 'binaryen';
import {
  compileName,
  evaluateName,
  executeName,
  formatName,
  hypotName,
  NO_SIZE,
  NOT_PREPARED,
  nextFrameName,
  numberModule,
  parseName,
  regExpModule,
  sourceModule,
  stackModule,
} from '../machine/imports/native-names.ts';
import { EXCEPTION_TAG, FRACTION_ADDEND } from '../machine/tags.ts';

/** Where the bytecode of a regular expression has the number of its captures. */
const CAPTURE_COUNT = 2;
/** `js_dtoa2`: as many digits as it takes. */
const FORMAT_MASK = 3;
/** Exponents of the powers of two between which QuickJS's texts are as short as V8's. */
const [LEAST_EXPONENT, MOST_EXPONENT] = [-23, 53];
const EXPONENT_BIAS = 1023;
/** The name that QuickJS gives what `eval` and `Function` evaluate, as an address: `<input>`. */
const EVALUATED = 21_339;
/** The one that QuickJS has: others would look like tags. */
const NOT_A_NUMBER = 0x7ff8n << 48n;
/** Digits that `js_atod` takes in at most in radix ten, and at least in another one without rounding. */
const [DECIMAL_DIGITS, OTHER_DIGITS] = [38, 9];

/** Where a frame has its mode, and its stack where it is suspended. */
const [FRAME_MODE, FRAME_STACK] = [36, 40];
const MODE_ASYNC = 4;

/** Calls of the function itself and of the host's, with the parameters. */
interface Calls {
  own(...operands: number[]): number;
  host(...operands: number[]): number;
  parameter(index: number): number;
}

interface Surrounding {
  /** Module and name of the host's function; QuickJS's is exported by that name. */
  readonly imported: string;
  readonly exported: string;
  /** Of what is called in the place of the function, behind its parameters. */
  readonly locals?: readonly binaryen.Type[];
  /** What the host's function takes, where that is something else. */
  readonly asked?: readonly binaryen.Type[];
  /** What it answers, likewise. */
  readonly answers?: binaryen.Type;
}

/** @param module exports the functions by these names, and then what they were */
export function importHelp(module: binaryen.Module): void {
  const { i32, i64, local } = module;

  // What does not compile may have too many captures.
  const compiling = {
    imported: regExpModule,
    exported: compileName,
    locals: [binaryen.i64],
  };
  surround(module, compiling, ({ own, host }) => {
    const [result, type] = [3, binaryen.i64];
    const tag = i64.shr_s(local.tee(result, own(), type), i64.const(32n));
    const isException = i64.eq(tag, i64.const(BigInt(EXCEPTION_TAG)));
    return module.if(isException, host(), local.get(result, type));
  });

  // What has none was compiled by the host.
  surround(
    module,
    { imported: regExpModule, exported: executeName },
    ({ own, host, parameter }) => {
      const bytecode = parameter(1);
      return module.if(i32.load8_u(CAPTURE_COUNT, 1, bytecode), own(), host());
    },
  );

  // A fraction in another radix, or a power of two.
  surround(module, { imported: numberModule, exported: formatName }, ({ own, host, parameter }) => {
    const [value, radix, flags] = [() => parameter(1), () => parameter(2), () => parameter(4)];
    const bits = (): number => i64.reinterpret(value());
    const all = 2 * EXPONENT_BIAS + 1;
    const exponent = (): number =>
      i32.and(i32.wrap(i64.shr_u(bits(), i64.const(52n))), i32.const(all));
    const isFiniteNumber = i32.ne(exponent(), i32.const(all));
    const isPower = i32.and(isFiniteNumber, i64.eqz(i64.shl(bits(), i64.const(12n))));
    const isFar = i32.gt_u(
      i32.sub(exponent(), i32.const(EXPONENT_BIAS + LEAST_EXPONENT)),
      i32.const(MOST_EXPONENT - LEAST_EXPONENT),
    );
    const isOther = i32.ne(radix(), i32.const(10));
    const isFree = i32.eqz(i32.and(flags(), i32.const(FORMAT_MASK)));
    return module.if(i32.and(isFree, i32.or(isOther, i32.and(isPower, isFar))), host(), own());
  });

  // A long text. QuickJS says where it ends; where nobody asks, its scratch memory is free for that.
  const parsing: Surrounding = {
    imported: numberModule,
    exported: parseName,
    locals: [binaryen.f64, binaryen.i32],
    asked: [binaryen.i32, binaryen.i32, binaryen.i32, binaryen.i32, binaryen.f64],
  };
  surround(module, parsing, ({ own, host, parameter }) => {
    const [result, endAt, type] = [5, 6, binaryen.i32];
    const [start, radix, flags] = [() => parameter(0), () => parameter(2), () => parameter(3)];
    const end = (): number => i32.load(0, 4, local.get(endAt, type));
    const parsed = (): number => local.get(result, binaryen.f64);
    const isOther = i32.ne(i32.and(radix(), i32.sub(radix(), i32.const(1))), i32.const(0));
    const isDecimal = i32.eq(radix(), i32.const(10));
    const most = module.select(isDecimal, i32.const(DECIMAL_DIGITS), i32.const(OTHER_DIGITS));
    const isLong = i32.gt_u(i32.sub(end(), start()), most);
    const place = module.select(parameter(1), parameter(1), parameter(4));
    return module.block(
      null,
      [
        local.set(endAt, place),
        local.set(result, own(start(), local.get(endAt, type), radix(), flags(), parameter(4))),
        module.if(
          i32.and(isOther, isLong),
          local.set(result, host(start(), end(), radix(), flags(), parsed())),
        ),
        parsed(),
      ],
      binaryen.f64,
    );
  });

  // The frame below that of an asynchronous function that is being resumed, or is suspended.
  const walking: Surrounding = {
    imported: stackModule,
    exported: nextFrameName,
    asked: [binaryen.i32, binaryen.i32],
  };
  surround(module, walking, ({ host, parameter }) => {
    const previous = (): number => i32.load(0, 4, parameter(0));
    const mode = i32.load(FRAME_MODE, 4, parameter(0));
    const isAsync = i32.ne(i32.and(mode, i32.const(MODE_ASYNC)), i32.const(0));
    const isSuspended = i32.ne(i32.load(FRAME_STACK, 4, parameter(0)), i32.const(0));
    const isLast = i32.and(isAsync, i32.or(i32.eqz(previous()), isSuspended));
    return module.if(isLast, host(parameter(0), previous()), previous());
  });

  // What a script has evaluated.
  const evaluating: Surrounding = {
    imported: sourceModule,
    exported: evaluateName,
    locals: [binaryen.i64],
  };
  surround(module, evaluating, ({ own, host, parameter }) => {
    const [answer, type] = [7, binaryen.i64];
    return module.if(
      i32.eq(parameter(4), i32.const(EVALUATED)),
      module.if(
        i64.eq(local.tee(answer, host(), type), i64.const(NOT_PREPARED)),
        own(),
        local.get(answer, type),
      ),
      own(),
    );
  });

  // Of two numbers and more.
  const sizing: Surrounding = {
    imported: numberModule,
    exported: hypotName,
    locals: [binaryen.f64],
    asked: [binaryen.i32, binaryen.i32],
    answers: binaryen.f64,
  };
  surround(module, sizing, ({ own, host, parameter }) => {
    const [count, values, size] = [() => parameter(2), () => parameter(3), 4];
    const answer = local.tee(size, host(count(), values()), binaryen.f64);
    const answered = (): number => local.get(size, binaryen.f64);
    const isNumber = module.f64.eq(answered(), answered());
    const bits = module.select(isNumber, i64.reinterpret(answered()), i64.const(NOT_A_NUMBER));
    return module.if(
      i32.lt_s(count(), i32.const(2)),
      own(),
      module.if(
        module.f64.eq(answer, module.f64.const(NO_SIZE)),
        own(),
        i64.sub(bits, i64.const(BigInt(FRACTION_ADDEND) << 32n)),
      ),
    );
  });
}

/** @param bodyOf what is called in the place of the function */
function surround(
  module: binaryen.Module,
  { imported, exported, locals = [], asked, answers }: Surrounding,
  bodyOf: (calls: Calls) => number,
): void {
  const name = binaryen.getExportInfo(module.getExport(exported)).value;
  const { params, results, vars, body } = binaryen.getFunctionInfo(module.getFunction(name));
  const [own, host] = [`${exported} itself`, `${exported} of the host`];
  const types = binaryen.expandType(params);
  const hostParams = asked === undefined ? params : binaryen.createType([...asked]);
  const answer = answers ?? results;
  module.addFunctionImport(host, imported, exported, hostParams, answer);
  module.addFunction(own, params, results, vars, body);
  module.removeFunction(name);
  module.removeExport(exported);
  module.addFunctionExport(own, exported);
  const parameter = (index: number): number =>
    module.local.get(index, types[index] ?? binaryen.none);
  const caller =
    (callee: string, result: binaryen.Type) =>
    (...operands: number[]): number =>
      module.call(
        callee,
        operands.length > 0 ? operands : types.map((_, index) => parameter(index)),
        result,
      );
  const surrounding = bodyOf({ own: caller(own, results), host: caller(host, answer), parameter });
  module.addFunction(name, params, results, [...locals], surrounding);
}
