import { transform } from 'sucrase';

const source = `import React, { type FC } from 'react';
export enum Kind { A = 'a', B = 3, C }
abstract class Box<T> { constructor(private readonly value: T, protected count?: number) {} declare name: string; abstract get(): T; }
export const View: FC<{ a: number }> = ({ a, ...rest }) => <><Box.Item key="x" {...rest}>{a! as number}&nbsp;</Box.Item></>;
const generic = <T,>(x: T): x is NonNullable<T> => x?.y ?? !!x;
export * from './other';
import fs = require('fs');
export type { Kind as Other };
`;
const failure = (() => {
  try {
    return transform('class {', { transforms: [] });
  } catch (error) {
    return error.message;
  }
})();
const { code, sourceMap } = transform(source, {
  transforms: ['typescript', 'jsx', 'imports'],
  filePath: 'view.tsx',
  sourceMapOptions: { compiledFilename: 'view.js' },
});

export default [
  code,
  sourceMap,
  transform('const a: number = b?.[c] ?? 1_000; class A { x = 1; static y }', {
    transforms: ['typescript'],
  }).code,
  transform('<a b="c" d={e}/>', { transforms: ['jsx'], jsxRuntime: 'automatic', production: true })
    .code,
  transform('import type { A } from "a"; function f<T>(x: T): boolean { return !!(x: any) }', {
    transforms: ['flow'],
  }).code,
  failure,
];
