import * as Babel from '@babel/standalone';

const source = `
import React, { useState as state } from 'react';
class Counter { #count = 0; static { this.ready = true } get count() { return this.#count } static async *pages(n) { for await (const x of n) yield x ** 2 } }
const view = ({ a, ...rest }) => <div {...rest} onClick={() => a?.b?.()}>{a ?? 'none'} &amp; text</div>;
export const re = /(?<year>\\d{4})-\\p{L}/su, big = 1_000n;
export default view;
`;
const rename = ({ types }) => ({
  visitor: {
    Identifier(path) {
      if (path.node.name === 'view') path.node.name = 'page';
    },
    NumericLiteral(path) {
      if (path.node.value === 2) path.replaceWith(types.numericLiteral(3));
    },
  },
});
const failure = (() => {
  try {
    return Babel.transform('let a = ;\n', { filename: 'a.js' });
  } catch (error) {
    return [error.name, error.code, error.loc, error.message];
  }
})();
const { code, map } = Babel.transform(source, {
  filename: 'view.jsx',
  presets: [
    ['env', { targets: { ie: '11' }, modules: 'commonjs' }],
    ['react', { runtime: 'classic' }],
  ],
  sourceMaps: true,
  plugins: [rename],
});

export default [
  code,
  map.mappings,
  Babel.transform(
    'enum E { A, B = "b" } let x: E = E.A as const; abstract class Q<T> { declare y: T }',
    { filename: 'a.ts', presets: ['typescript'] },
  ).code,
  Babel.transform('a = b ? c : d; if (a) { b() } else { c() }', { minified: true, comments: false })
    .code,
  failure,
];
