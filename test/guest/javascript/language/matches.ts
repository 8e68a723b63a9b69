/** Expressions about `RegExp.$1` and the like. */

const last = `[RegExp.$1, RegExp.$2, RegExp.$9, RegExp.lastMatch, RegExp['$&'], RegExp.lastParen, RegExp['$+'], RegExp.leftContext, RegExp['$\`'], RegExp.rightContext, RegExp["$'"], RegExp.input, RegExp.$_]`;
const after = (statement: string): string => `(() => { ${statement}; return ${last}; })()`;

export const matches: readonly string[] = [
  `(() => { /(\\d+)-(\\d+)/.test('tel 12-34'); return [RegExp.$1, RegExp.$2, RegExp.lastMatch]; })()`,
  after(`/(\\d+)-(\\d+)/.test('tel 12-34 x')`),
  after(`/(a)/.test('a'); /none/.test('zzz')`),
  after(`'abc'.replace(/(b)(x)?/, 'q')`),
  after(`'a1b2c3'.replace(/[a-z](\\d)/g, () => '')`),
  after(`'a1b2c3'.replaceAll(/[a-z](\\d)/g, 'x')`),
  after(`'k=v; l=w'.match(/(\\w)=(\\w)/g)`),
  after(`'k=v; l=w'.split(/(;) /)`),
  after(`'xyzabc'.search(/(a)b/)`),
  after(`[...'p1q2'.matchAll(/([a-z])(\\d)/g)]`),
  after(`const m = /(a)(b)/.exec('zab'); m.shift(); m.length = 0`),
  after(`const re = /(o)/g; re.lastIndex = 3; re.test('foo boo')`),
  after(`/(?<y>\\d{4})/u.exec('in 2020 é')`),
  after(`/x(?=(y))/.exec('wxy')`),
  after(`/b$/m.exec('ab\\nb')`),
  after(`/(a)/.exec('a'); console.error('two\\nlines', "quoted '\\"", new Error('m'))`),
  `'a1b2'.replace(/[a-z](\\d)/g, () => RegExp.$1 + '!')`,
  `(/(a)|(b)/.exec('b'), [RegExp.$1, RegExp.$2, RegExp.lastParen])`,
  `(() => { let format = 'yyyy-MM'; if (/(y+)/.test(format)) format = format.replace(RegExp.$1, '2024'.substr(4 - RegExp.$1.length)); return format; })()`,
  `(() => { /(\\d+)-(\\d+)/.test('12-34'); const { $1: year, $2 = 'none', lastMatch } = RegExp; return [year, $2, lastMatch]; })()`,
  `(() => { 'a-b'.match(/(\\w)-(\\w)/); let second; ({ $2: second } = globalThis.RegExp); return second; })()`,
  `((legacy) => { /(b)/.test('abc'); return [legacy.$1, legacy.$2]; })(RegExp)`,
  `(() => { /(b)/.test('abc'); const Pattern = RegExp; return Pattern.$1; })()`,
  `(() => { RegExp.input = 'mine'; const set = [RegExp.input, RegExp.$_]; /a/.test('cat'); return [...set, RegExp.input]; })()`,
  `(() => { /(a)/.test('a'); RegExp.$1 = 'x'; return RegExp.$1; })()`,
  `Object.getOwnPropertyNames(RegExp).sort()`,
  `[RegExp.prototype.exec.name, RegExp.prototype.exec.length, 'prototype' in RegExp.prototype.exec, RegExp.name, RegExp.$1.length >= 0]`,
  `['a.b', '-x', '^$\\\\.*+?()[]{}|/', 'a\\nb', '\\u2028', '', 'é\\ud800'].map((text) => RegExp.escape(text))`,
  `new RegExp(RegExp.escape('1+1=2 (sure?)')).test('1+1=2 (sure?)')`,
  `['x', 5, undefined].map((value) => { try { return RegExp.escape(value); } catch (e) { return e.name; } })`,
];
