/** Makes statements. */

import { expression } from './expressions.ts';
import { classExpression, functionDeclaration, pattern } from './functions.ts';
import type { Scope } from './scope.ts';

const MAX_EXPRESSION_DEPTH = 3;
const kinds = ['let', 'const', 'var'];

type Make = (scope: Scope, value: () => string, depth: number) => string;

const declarations: readonly Make[] = [
  (scope, value) => {
    const text = value();
    const kind = scope.pick(kinds);
    const [target, names] = pattern(scope, scope.random(3));
    scope.declare(names, kind === 'const');
    return `${kind} ${target} = ${text};`;
  },
  (scope, _value, depth) => functionDeclaration(scope, depth),
  (scope, _value, depth) => {
    const name = scope.newName();
    const text = classExpression(scope, depth, name);
    scope.declare([name], true);
    return text;
  },
];

const loops: readonly Make[] = [
  (scope, _value, depth) => {
    const counter = scope.newName();
    const inner = scope.within({ inLoop: true });
    inner.declare([counter]);
    const head = `let ${counter} = 0; ${counter} < ${1 + scope.random(3)} && FUEL(); ${counter}++`;
    return `for (${head}) ${block(inner, depth, 2)}`;
  },
  (scope, value, depth) => {
    const kind = scope.pick(kinds);
    const text = value();
    const [target, names] = pattern(scope, scope.random(2));
    const inner = scope.within({ inLoop: true });
    inner.declare(names, kind === 'const');
    return `for (${kind} ${target} of ITEMS(${text})) { if (!FUEL()) break; ${block(inner, depth, 2)} }`;
  },
  (scope, value, depth) => {
    const name = scope.newName();
    const text = value();
    const inner = scope.within({ inLoop: true });
    inner.declare([name], true);
    return `for (const ${name} in OBJECT(${text})) { if (!FUEL()) break; ${block(inner, depth, 2)} }`;
  },
  (scope, value, depth) =>
    `while (FUEL() && ${value()}) { ${block(scope.within({ inLoop: true }), depth, 2)} if (${value()}) break; }`,
  (scope, value, depth) =>
    `do ${block(scope.within({ inLoop: true }), depth, 2)} while (FUEL() && ${value()});`,
  (scope, _value, depth) => {
    const [label, counter] = [scope.newName(), scope.newName()];
    const labels = [...scope.surroundings.labels, label];
    const body = block(scope.within({ inLoop: true, labels }), depth, 3);
    return `${label}: for (let ${counter} = 0; ${counter} < 2 && FUEL(); ${counter}++) ${body}`;
  },
  (scope, value) => {
    const { inLoop, inFunction } = scope.surroundings;
    const ends = ['break;', 'LOG("round");', ...(inLoop ? ['continue;'] : [])];
    const end = scope.pick(inFunction ? [...ends, 'return 5;'] : ends);
    const generator = `(function* () { try { yield ${value()}; yield ${value()} } finally { LOG("closed") } })()`;
    return `for (const ${scope.newName()} of ${generator}) { ${end} }`;
  },
  (scope, value) =>
    scope.surroundings.mayAwait
      ? `for await (const ${scope.newName()} of ITEMS(${value()})) { if (!FUEL()) break; LOG("awaited"); }`
      : `queueMicrotask(() => LOG("job"));`,
];

const ends: readonly Make[] = [
  (scope, value) => `throw ${scope.pick([`new TypeError(TEXT(${value()}))`, value()])};`,
  (scope, value) => (scope.surroundings.inFunction ? `return ${value()};` : `LOG(${value()});`),
  (scope, value) =>
    scope.surroundings.inLoop
      ? scope.pick(['break;', 'continue;', `if (${value()}) continue;`])
      : `LOG(${value()});`,
  (scope, value) => {
    const { labels } = scope.surroundings;
    if (labels.length === 0) return `LOG(${value()});`;
    return `${scope.pick(['break', 'continue'])} ${scope.pick(labels)};`;
  },
];

const others: readonly Make[] = [
  (_, value) => `LOG(${value()});`,
  (scope, value, depth) =>
    `if (${value()}) ${block(scope.within(), depth, 2)} else ${block(scope.within(), depth, 2)}`,
  (scope, _value, depth) => {
    const error = scope.newName();
    const inner = scope.within();
    inner.declare([error]);
    const last = scope.rarely(2) ? ` finally ${block(scope.within(), depth, 2)}` : '';
    return `try ${block(scope.within(), depth, 2)} catch (${error}) { LOG(${error}); ${block(inner, depth, 2)} }${last}`;
  },
  (scope, _value, depth) =>
    `try ${block(scope.within(), depth, 2)} finally { LOG("finally"); ${block(scope.within(), depth, 1)} }`,
  (scope, value, depth) =>
    `switch (${value()}) { case ${value()}: LOG("case"); ${scope.pick(['', 'break;'])} default: LOG("default"); case ${value()}: ${block(scope.within(), depth, 1)} }`,
  (scope, _value, depth) =>
    `{ using ${scope.newName()} = { [Symbol.dispose]() { LOG("disposed") } }; ${statement(scope.within(), depth)} }`,
];

/** @param depth of the statements within it, at most */
export function statement(scope: Scope, depth: number): string {
  const value = (): string => expression(scope, Math.min(MAX_EXPRESSION_DEPTH, depth));
  if (depth <= 0) return `LOG(${value()});`;
  const make = scope.pick([declarations, loops, ends, others, others]);
  return scope.pick(make)(scope, value, depth - 1);
}

/** @param most how many statements it has */
export function block(scope: Scope, depth: number, most: number): string {
  const inner = scope.within();
  const length = 1 + scope.random(most);
  return `{ ${Array.from({ length }, () => statement(inner, depth)).join(' ')} }`;
}
