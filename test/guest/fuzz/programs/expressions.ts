/** Makes expressions. The functions with capital names are those of `preamble.ts`. */

import { arrowFunction, classExpression, functionExpression } from './functions.ts';
import type { Scope } from './scope.ts';

const literals = [
  ...['0', '1', '-1', '2.5', 'NaN', '-0', '1e21', '10n', 'true', 'false', 'null', 'undefined'],
  ...['""', '"a"', '"xyz"', '`t`', '"0"', '"\\u{1F600}z"', 'Symbol.iterator', '/b+/g', '/[/`}]/'],
  ...['[]', '[1, 2, 3]', '[, 1]', '({})', '({ a: 1, b: { c: 2 } })'],
  '({ get g() { LOG("get"); return 7 }, set g(x) { LOG("set", x) } })',
];
const operators = [
  ...['+', '-', '*', '%', '/', '|', '&', '^', '<<', '>>', '>>>', '==', '===', '!=', '<', '>='],
  ...['&&', '||', '??', ','],
];
const members = ['a', 'length', 'b?.c', 'at?.(0)', 'toString?.name', 'concat?.([1])', 'x'];

type Make = (scope: Scope, inner: () => string, depth: number) => string;

const plain: readonly Make[] = [
  (scope, inner) => `(${inner()} ${scope.pick(operators)} ${inner()})`,
  (_, inner) => `((${inner()}) ** (${inner()}))`,
  (scope, inner) => `(${scope.pick(['!', '-', '+', '~', 'typeof ', 'void '])}(${inner()}))`,
  (_, inner) => `(${inner()} ? ${inner()} : ${inner()})`,
  (_, inner) => `[${inner()}, ${inner()}, ...ITEMS(${inner()})]`,
  (scope, inner) =>
    `({ ${scope.pick(['a', '"c-d"', '1', `[KEY(${inner()})]`])}: ${inner()}, ...(${inner()}) })`,
  (_, inner) => `\`<\${TEXT(${inner()})}|\${TEXT(${inner()})}>\``,
  (_, inner) => `TAG\`a\${${inner()}}b\\n\${${inner()}}\``,
  (scope, inner) => `(${inner()})?.${scope.pick(members)}`,
  (_, inner) => `(delete OBJECT(${inner()}).a)`,
  (_, inner) => `("a" in OBJECT(${inner()}))`,
  (scope, inner) => `(${inner()} instanceof ${scope.pick(['Object', 'Array', 'Function'])})`,
  (scope, inner) => {
    const name = scope.name('assign');
    const operator = scope.pick(['=', '+=', '-=', '??=', '||=', '&&=', '*=', '|=']);
    return name === null ? inner() : `(${name} ${operator} ${inner()})`;
  },
  (scope, inner) => {
    const name = scope.name('assign');
    return name === null ? inner() : scope.pick([`(${name}++)`, `(--${name})`]);
  },
  (scope, inner) => (scope.surroundings.mayYield ? `(yield ${inner()})` : inner()),
  (scope, inner) => (scope.surroundings.mayYield ? `(yield* ITEMS(${inner()}))` : inner()),
  (scope, inner) => (scope.surroundings.mayAwait ? `(await ${inner()})` : inner()),
  (scope, inner) =>
    scope.surroundings.inClass
      ? scope.pick(['this?.f', 'this?.constructor?.name', 'super.m?.(1)', 'this?.p'])
      : inner(),
];

const calls: readonly Make[] = [
  (_, inner) => `CALL(() => ${inner()})`,
  (scope, _inner, depth) => functionExpression(scope, depth),
  (scope, _inner, depth) => arrowFunction(scope, depth),
  (scope, inner, depth) => `CALL(${functionExpression(scope, depth)}, ${inner()}, ${inner()})`,
  (scope, inner, depth) => `CALL(${arrowFunction(scope, depth)}, ${inner()})`,
  (scope, _inner, depth) => `(${classExpression(scope, depth)})`,
  (scope, inner, depth) => `NEW(${classExpression(scope, depth)}, ${inner()})`,
];

const builtIns: readonly Make[] = [
  (_, inner) => `SHOW(${inner()})`,
  (_, inner) => `JSON.stringify(PLAIN(${inner()}))`,
  (_, inner) => `Object.keys(OBJECT(${inner()})).join()`,
  (_, inner) => `Object.entries(OBJECT(${inner()}))`,
  (_, inner) => `[...ITEMS(${inner()})].map((q, i) => [i, q])`,
  (scope, inner) => `[...ITEMS(${inner()})].sort().reverse().slice(${scope.random(3)}, 4)`,
  (_, inner) => `SHOW(${inner()}).replace(/(.)(.)?/g, (m, p, q) => q + p)`,
  (scope, inner) => `SHOW(${inner()}).split(${scope.pick(['""', '/[a-c]/', '"a"', '/(b)/'])})`,
  (_, inner) => `SHOW(${inner()}).padEnd(5, "_")`,
  (_, inner) => `new Map([[${inner()}, ${inner()}]]).size`,
  (_, inner) => `[...new Set(ITEMS(${inner()}))]`,
  (_, inner) => `Array.from(ITEMS(${inner()}), (x, i) => [x, i])`,
  (_, inner) => `ITEMS(${inner()}).flatMap((x) => [x, x])`,
  (_, inner) => `Object.fromEntries(ITEMS(${inner()}).map((x, i) => [i, x]))`,
  (_, inner) => `structuredClone(PLAIN(${inner()}))`,
  (scope, inner) => `parseInt(SHOW(${inner()}), ${scope.pick([2, 10, 16, 36])})`,
  (_, inner) => `[${inner()}, ${inner()}].map(SHOW).toSorted()`,
  (_, inner) => `Number(PLAIN(${inner()})).toFixed(2)`,
  (_, inner) => `Iterator.from(ITEMS(${inner()})).map((x) => x).take(2).toArray()`,
  (_, inner) => `Object.groupBy(ITEMS(${inner()}), (x) => typeof x)`,
];

/** @param depth of the expressions within it, at most */
export function expression(scope: Scope, depth: number): string {
  if (depth <= 0) return leaf(scope);
  const make = scope.pick([plain, plain, calls, builtIns]);
  return scope.pick([leaf, ...make])(scope, () => expression(scope, depth - 1), depth - 1);
}

function leaf(scope: Scope): string {
  const name = scope.rarely(3) ? null : scope.name('read');
  return name ?? scope.pick(literals);
}
