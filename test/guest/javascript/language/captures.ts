/** Expressions about regular expressions with more captures than a byte can number. */

const many = (count: number, group = '(a)', flags = ''): string =>
  `new RegExp('${group}'.repeat(${count})${flags && `, '${flags}'`})`;
const literal = (count: number, group = '(a)'): string => `/${group.repeat(count)}/`;
const named = (count: number): string =>
  `Array.from({ length: ${count} }, (_, i) => '(?<n' + i + '>[a-z])').join('')`;
const letters = (count: number): string =>
  `Array.from({ length: ${count} }, (_, i) => String.fromCharCode(97 + i % 26)).join('')`;

export const captures: readonly string[] = [
  `${many(300)}.exec('a'.repeat(300))?.length`,
  ...[253, 254, 255, 256, 508, 509, 510, 1000].map(
    (count) =>
      `(() => { const match = ${many(count, '([a-z])')}.exec('-' + ${letters(count)} + '-'); return [match.length, match.index, match.slice(1).join('') === ${letters(count)}, match[0].length]; })()`,
  ),
  `${literal(300)}.exec('a'.repeat(301)).length`,
  `[${literal(300)}.source.length, ${literal(300)}.flags, String(${literal(260)})]`,
  `(/x/, ${literal(300, '([a-c])')}.exec('abc'.repeat(100)).slice(250, 262))`,
  `${many(300)}.exec('a'.repeat(299))`,
  `${many(300)}.test('b' + 'a'.repeat(300))`,
  `('a'.repeat(300) + 'b').match(${many(300)}).length`,
  `'a'.repeat(300).match('(a)'.repeat(300)).length`,
  `(() => { const re = ${many(300, '(a)', 'g')}; const text = 'a'.repeat(650); return [text.match(re).length, re.lastIndex, re.test(text), re.lastIndex, re.test(text), re.lastIndex, re.test(text), re.lastIndex]; })()`,
  `(() => { const re = ${many(300, '(a)', 'y')}; re.lastIndex = 1; return [re.test('b' + 'a'.repeat(300)), re.lastIndex, re.test('ba'), re.lastIndex]; })()`,
  `[...('a'.repeat(600) + 'b').matchAll(${many(300, '(a)', 'g')})].map((match) => [match.index, match.length])`,
  `('x' + 'a'.repeat(300) + 'y').replace(${many(300)}, '[$1$99$300]')`,
  `('x' + ${letters(300)} + 'y').replace(${many(300, '([a-z])')}, '[$1$26$99$\`]')`,
  `('x' + 'a'.repeat(600) + 'y').replaceAll(${many(300, '(a)', 'g')}, (...args) => args.length)`,
  `('1' + 'ab'.repeat(150) + '2').split(${many(300, '([ab])')}).slice(149, 303)`,
  `('1' + 'a'.repeat(300) + '2').search(${many(300)})`,
  `(() => { const match = new RegExp(${named(300)}).exec(${letters(300)}); return [Object.keys(match.groups).length, match.groups.n0, match.groups.n255, match.groups.n299, Object.keys(match.groups)[254]]; })()`,
  `${letters(300)}.replace(new RegExp(${named(300)}), '$<n298>-$<n1>')`,
  `(() => { const { indices } = new RegExp(${named(300)}, 'd').exec('0' + ${letters(300)}); return [indices.length, indices[0], indices[300], indices.groups.n299, indices.groups.n0]; })()`,
  `(() => { const match = new RegExp('(?<a>x)' + '(b)?'.repeat(300) + '\\\\k<a>').exec('-xx'); return [match.length, match[0], match[1], match[300], match.groups]; })()`,
  `new RegExp('(b)?'.repeat(300) + '(c)\\\\301(d)').exec('ccd').slice(298)`,
  `new RegExp('(b)?'.repeat(300) + '(c)\\\\301[0]').exec('cc0').slice(298)`,
  `new RegExp('(a)' + '(b)'.repeat(299) + '\\\\300\\\\1').exec('a' + 'b'.repeat(300) + 'a').length`,
  `new RegExp('(b)'.repeat(300) + '\\\\377').exec('b'.repeat(300) + '\\xff').length`,
  `new RegExp('(b)'.repeat(300) + '[\\\\1(]\\\\(').exec('b'.repeat(300) + '\\x01(').length`,
  `new RegExp('(?:(a)|(b)|(c))'.repeat(100)).exec('abc'.repeat(33) + 'a').slice(1, 9)`,
  `new RegExp('(?:' + '(a)|(b)|'.repeat(150) + '(c))+').exec('abc').map((group) => group ?? '-').join('')`,
  `new RegExp('(?:' + '(a)?(b)?'.repeat(150) + ')+').exec('aba').map((group) => group ?? '-').join('')`,
  `new RegExp('(?<=' + '(a)'.repeat(300) + ')(?=(b))(?!(c))').exec('a'.repeat(301) + 'b').index`,
  `new RegExp('(((' + '(x)|'.repeat(300) + '(y))))').exec('-y').filter(Boolean)`,
  `new RegExp('(?:(?<y>a)|(?<y>b))' + '(c)'.repeat(300) + '\\\\k<y>').exec('b' + 'c'.repeat(300) + 'b').groups.y`,
  `new RegExp('(?<\\\\u0061b>x)' + '(c)'.repeat(300) + '\\\\k<ab>').exec('x' + 'c'.repeat(300) + 'x').groups.ab`,
  `new RegExp('(é)'.repeat(300) + '(\\u{1f600})', 'u').exec('é'.repeat(300) + '\\u{1f600}').at(-1)`,
  `new RegExp('(\\ud83d)'.repeat(300)).exec('\\ud83d'.repeat(300)).length`,
  `new RegExp('(\\0)'.repeat(300)).exec('\\0'.repeat(300)).length`,
  `new RegExp('([[a-z]--[b\\\\(]])'.repeat(300), 'v').exec('a'.repeat(300)).length`,
  `new RegExp('(A)'.repeat(300), 'i').exec('a'.repeat(300)).length`,
  `new RegExp('(?i:(A))'.repeat(300)).exec('a'.repeat(300)).length`,
  `[new RegExp(${many(300)}).source.length, new RegExp(${many(300)}, 'g').flags, ${many(300)} instanceof RegExp]`,
  `(() => { const re = /x/; re.compile('(a)'.repeat(300)); return re.exec('a'.repeat(300)).length; })()`,
  `(() => { class Pattern extends RegExp { exec(text) { const match = super.exec(text); return match && Object.assign(match, { mine: true }); } } const re = new Pattern('(a)'.repeat(300), 'g'); return [re instanceof Pattern, 'a'.repeat(300).match(re).length, [...'a'.repeat(300).matchAll(re)][0].mine, ('b' + 'a'.repeat(300)).split(re).length]; })()`,
  `(() => { class Pattern extends RegExp { static get [Symbol.species]() { return RegExp; } } return ('b' + 'a'.repeat(300) + 'c').split(new Pattern('(a)'.repeat(300))).length; })()`,
  `(() => { ${many(300, '([a-z])')}.exec(${letters(300)}); return [RegExp.$1, RegExp.$9, RegExp.lastParen, RegExp.lastMatch.length]; })()`,
  `${many(5000)}.exec('a'.repeat(5000)).length`,
  ...[
    `new RegExp('(a)'.repeat(40000))`,
    `new RegExp('(a)'.repeat(300) + '(')`,
    `new RegExp('(a)'.repeat(300), 'gg')`,
    `new RegExp('(?<n>a)'.repeat(300))`,
    `new RegExp('(?<n>a)' + '(a)'.repeat(300) + '(?<n>b)')`,
    `new RegExp('(a)'.repeat(300) + '\\\\k<n>(?<m>x)')`,
  ].map(
    (made) => `(() => { try { return ${made}.source.length; } catch (e) { return e.name; } })()`,
  ),
];
