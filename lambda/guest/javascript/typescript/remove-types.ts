/**
 * Makes JavaScript of TypeScript. Types become blanks, so that everything stays in its place; only a
 * source with more than types (`enum`, `namespace`, parameter properties) is written anew.
 */

import type { PreparedSource } from '../source/prepared-source.ts';
import { mendAccessors } from './accessors.ts';
import { TypeScriptSyntaxError, TypeScriptTooComplex } from './failure.ts';
import { positionsOfBlanks, positionsOfMap } from './positions.ts';
import type { CreateTransformer } from './transformer.ts';

/** What amaro throws. */
interface SyntaxProblem {
  readonly code: 'InvalidSyntax' | 'UnsupportedSyntax';
  readonly message: string;
  /** From 1. */
  readonly startLine: number;
  /** From 0, in characters. */
  readonly startColumn: number;
}

/**
 * @throws {TypeScriptSyntaxError}
 * @throws {TypeScriptTooComplex}
 */
export function removeTypes(source: string, createTransformer: CreateTransformer): PreparedSource {
  return mendAccessors(javaScriptOf(source, createTransformer));
}

function javaScriptOf(source: string, createTransformer: CreateTransformer): PreparedSource {
  try {
    const { code } = createTransformer().transformSync(source, { mode: 'strip-only' });
    return { text: code, positions: positionsOfBlanks(source, code) };
  } catch (error) {
    if (!isSyntaxProblem(error) || error.code !== 'UnsupportedSyntax')
      throw failureOf(source, error);
  }
  try {
    const { code, map } = createTransformer().transformSync(source, {
      mode: 'transform',
      sourceMap: true,
    });
    return { text: code, positions: positionsOfMap(source, code, map ?? '') };
  } catch (error) {
    throw failureOf(source, error);
  }
}

function failureOf(source: string, error: unknown): unknown {
  if (isSyntaxProblem(error)) {
    const { message, startLine: line, startColumn } = error;
    return new TypeScriptSyntaxError(message, source, { line, column: startColumn + 1 });
  }
  if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) {
    return new TypeScriptTooComplex('it nests too deeply, or is too large');
  }
  return error;
}

function isSyntaxProblem(error: unknown): error is SyntaxProblem {
  return typeof error === 'object' && error !== null && 'startLine' in error && 'code' in error;
}
