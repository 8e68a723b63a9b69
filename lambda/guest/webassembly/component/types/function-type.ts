/** Types of functions, and the core functions that the canonical ABI makes of them. */

import type { Signature } from '../../../wasm-binary/types.ts';
import {
  concatenated,
  MAX_FLAT_RESULTS,
  type RecordType,
  recordType,
  type ValueType,
} from './value-type.ts';

export interface Parameter {
  readonly name: string;
  readonly type: ValueType;
}

export interface FunctionType {
  readonly params: readonly Parameter[];
  readonly result: ValueType | null;
  /** Where the parameters are too many to be passed as core values: what lies in memory instead. */
  readonly spilledParams: RecordType | null;
  /** The result does not fit into one core value, and lies in memory. */
  readonly spillsResult: boolean;
}

export function functionType(params: readonly Parameter[], result: ValueType | null): FunctionType {
  const flat = concatenated(params.map(({ type }) => type));
  return {
    params,
    result,
    spilledParams: flat === null ? recordType('tuple', params) : null,
    spillsResult: result !== null && (result.flat?.length ?? Infinity) > MAX_FLAT_RESULTS,
  };
}

/** The signature of the core function that is lifted to, or lowered from, this type. */
export function coreSignature(type: FunctionType, direction: 'lift' | 'lower'): Signature {
  const flat = concatenated(type.params.map((param) => param.type));
  const params: string[] = flat === null ? ['i32'] : [...flat];
  if (!type.spillsResult) return { params, results: type.result?.flat ?? [] };
  if (direction === 'lift') return { params, results: ['i32'] };
  return { params: [...params, 'i32'], results: [] };
}
