/** Makes functions and classes. */

import { expression } from './expressions.ts';
import { ownFunction, type Scope } from './scope.ts';
import { block, statement } from './statements.ts';

/** A pattern that destructures, and the names that it declares. */
export function pattern(scope: Scope, depth: number): readonly [text: string, names: string[]] {
  const names: string[] = [];
  const target = (left: number): string => {
    const kind = left <= 0 ? 0 : scope.random(3);
    if (kind === 0) {
      const name = scope.newName();
      names.push(name);
      return name;
    }
    const value = scope.rarely(3) ? ` = ${expression(scope, 1)}` : '';
    if (kind === 1) return `[${target(left - 1)}${value}, , ...${target(scope.random(left))}]`;
    const rest = scope.rarely(2) ? `, ...${target(0)}` : '';
    return `{ a: ${target(left - 1)}${value}, [KEY(${expression(scope, 0)})]: ${target(left - 1)}${rest} }`;
  };
  return [target(depth), names];
}

function parameters(scope: Scope): string {
  const list = Array.from({ length: scope.random(4) }, () => {
    const isPattern = scope.rarely(4);
    const [text, names] = pattern(scope, isPattern ? 1 : 0);
    const defaults = ['[]', '[1, { a: 2 }]', '"st"', '({ a: [3] })'];
    const value = isPattern ? ` = ${scope.pick(defaults)}` : '';
    const other = scope.rarely(3) ? ` = ${expression(scope, 1)}` : '';
    scope.declare(names);
    return text + (value || other);
  });
  if (!scope.rarely(5)) return list.join(', ');
  const rest = scope.newName();
  scope.declare([rest]);
  return [...list, `...${rest}`].join(', ');
}

/** Parameters and body, with what the body alone may do. */
function signature(
  scope: Scope,
  depth: number,
  kind: { yields?: boolean; awaits?: boolean },
): string {
  const list = parameters(scope);
  const body = scope.within({ mayYield: kind.yields === true, mayAwait: kind.awaits === true });
  return `(${list}) ${block(body, depth, 3)}`;
}

export function functionExpression(scope: Scope, depth: number): string {
  const [yields, awaits] = [scope.rarely(3), scope.rarely(3)];
  const name = scope.rarely(2) ? scope.newName() : '';
  const head = `${awaits ? 'async ' : ''}function${yields ? '*' : ''} ${name}`;
  return `(${head}${signature(scope.within(ownFunction), depth, { yields, awaits })})`;
}

export function functionDeclaration(scope: Scope, depth: number): string {
  const name = scope.newName();
  const text = `function ${name}${signature(scope.within(ownFunction), depth, {})}`;
  scope.declare([name]);
  return text;
}

export function arrowFunction(scope: Scope, depth: number): string {
  const inner = scope.within({ ...ownFunction, inClass: scope.surroundings.inClass });
  const list = parameters(inner);
  if (scope.rarely(2)) return `((${list}) => (${expression(inner, depth)}))`;
  const isAsync = scope.rarely(2);
  const body = block(inner.within({ mayAwait: isAsync }), depth, 3);
  return `(${isAsync ? 'async ' : ''}(${list}) => ${body})`;
}

export function classExpression(scope: Scope, depth: number, name = ''): string {
  const parents = ['Base', 'Array', 'Error', 'Map', 'null', 'Object'];
  const parent = scope.rarely(2) ? scope.pick(parents) : null;
  const inner = scope.within({ ...ownFunction, inClass: true });
  const method = (kind = {}): string => signature(inner.within(), depth - 1, kind);
  const field = (): string => expression(inner.within(), depth - 1);
  const prefix = scope.rarely(3) ? 'static ' : '';
  const members = [
    () => `${prefix}f = ${field()};`,
    () => `${prefix}m${method()}`,
    () => `${prefix}get g() ${block(inner.within(), depth - 1, 2)}`,
    () => `${prefix}*[Symbol.iterator]${method({ yields: true })}`,
    () => `${prefix}async am${method({ awaits: true })}`,
    () => `static { const ${scope.newName()} = ${field()}; LOG("static"); }`,
    () => `${prefix}[KEY(${expression(scope, 1)})] = ${field()};`,
  ];
  const once = [
    () => `#p = ${field()}; get p() { return this.#p } has(o) { return #p in OBJECT(o) }`,
    () => {
      const own = inner.within({ inClass: false });
      const call = parent === null ? '' : 'super(...a.slice(0, 1)); ';
      return `constructor(...a) { ${call}LOG("constructor", a.length); ${statement(own, depth - 1)} }`;
    },
  ];
  const chosen = [
    ...Array.from({ length: 1 + scope.random(3) }, () => scope.pick(members)),
    ...once.filter(() => scope.rarely(3)),
  ];
  const heritage = parent === null ? '' : ` extends ${parent}`;
  return `class ${name}${heritage} { ${chosen.map((make) => make()).join(' ')} }`;
}
