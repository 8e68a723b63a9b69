/** Lines of errors that no call or property of its own points to are those of Node.js. */

import { expect, test } from '@jest/globals';
import { runCode } from '../../../support/guest/module-graph.ts';

/** The statement that fails begins on the third line. */
const behindCall = (statement: string): string =>
  `const given = () => null;\ngiven();\n${statement}`;

test.each<readonly [what: string, statement: string, line: number]>([
  ['an object pattern of a declaration', 'const { x } = given();', 3],
  ['one over lines, in its first property', 'const {\n  x,\n  y,\n} = given();', 4],
  ['a nested one', 'const {\n  a,\n  b: { c },\n} = { a: 1 };', 5],
  ['an array pattern', 'const [x] = given();', 3],
  ['an array pattern of what cannot be iterated', 'const [x] = 5;', 3],
  ['an assignment', 'let x;\n({ x } = given());', 4],
  ['a loop', 'for (const { x } of\n  [null]) ;', 3],
  ['a parameter', 'const f = ({\n  a,\n  b: [c],\n}) => c;\nf({ a: 1 });', 5],
  ['a parameter of a method', 'class A {\n  m([x]) {}\n}\nnew A().m();', 4],
  ['a parameter of catch', 'try { throw null } catch ({\n  x,\n}) {}', 4],
  ['a class that is called', 'class A {\n  constructor() {}\n}\nconst make = () => 1;\nA();', 7],
  [
    'a call at the end of a chain that is returned',
    'const f = (x) => {\n  return x\n    .trim()\n    .none();\n};\nf("a");',
    6,
  ],
  [
    'a returned call of a property',
    'const o = {};\nfunction f() {\n  return (\n    o.none()\n  );\n}\nf();',
    6,
  ],
])('%s', async (_, statement, line) => {
  const { error } = await runCode(behindCall(statement));
  expect(error).toMatchObject({ name: 'TypeError', details: { line } });
  expect(error?.stack).toMatch(new RegExp(`^TypeError.*\\n    at .*:${line}:\\d+\\)?(?:\\n|$)`));
});

test('what a returned call leads to names the line of the call in its caller', async () => {
  const { error } = await runCode(
    'function inner() { throw new Error("x") }\nfunction outer() {\n  return Object(\n    1,\n  ) &&\n    inner();\n}\nouter();',
  );
  expect(error?.stack?.split('\n').slice(1)).toEqual([
    expect.stringMatching(/at inner .*:1:\d+/),
    expect.stringMatching(/at outer .*:6:\d+/),
    expect.stringMatching(/:8:\d+/),
  ]);
});
