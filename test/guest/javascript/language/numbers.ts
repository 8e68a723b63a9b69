/** Expressions about texts of numbers, numbers of texts, and `Math.hypot`. */

/** Numbers from a fixed seed: `bits()` is any double, `word()` 32 bits. */
const random = `let seed = 12345; const word = () => { seed ^= seed << 13; seed ^= seed >>> 17; seed ^= seed << 5; return seed >>> 0; }; const words = new Uint32Array(2); const bits = () => { words[0] = word(); words[1] = word(); return new Float64Array(words.buffer)[0]; };`;
const many = (count: number, make: string): string =>
  `(() => { ${random} const all = []; for (let i = 0; i < ${count}; i++) all.push(${make}); return all; })()`;
/** A number as its bits, which no text can hide. */
const exact = `const exact = (n) => { const view = new DataView(new ArrayBuffer(8)); view.setFloat64(0, n); return view.getBigUint64(0).toString(16); };`;
/** The text halfway between two doubles, of up to 770 digits. */
const halfway = `const halfway = (m, e) => { const twice = 2n * m + 1n; return e >= 1 ? String(twice << BigInt(e - 1)) : twice * 5n ** BigInt(1 - e) + 'e-' + (1 - e); };`;

export const numbers: readonly string[] = [
  `Array.from({ length: 2098 }, (_, i) => (i < 52 ? 2 ** -1022 * 2 ** (i - 52) : 2 ** (i - 1074))).join()`,
  `Array.from({ length: 633 }, (_, i) => [String(Number('1e' + (i - 324))), String(10 ** (i - 324)), Number('7e' + (i - 324))]).join()`,
  `[2 ** 89, -(2 ** 89), 2 ** -24, 2 ** 976].flatMap((n) => [String(n), n.toFixed(2).length, n.toExponential(), n.toExponential(20), n.toPrecision(21), JSON.stringify([n]), \`\${n}\`, { [n]: 1 }])`,
  many(10_000, 'String(bits())'),
  many(300, 'bits().toString(2 + (word() % 35))'),
  many(300, '(word() / 2 ** (word() % 40)).toString(2 + (word() % 35))'),
  `[0.1, -0.1, 255.5, 1e21, -1e-7, NaN, Infinity, -0, 2 ** 53, 1 / 3].map((n) => [2, 3, 8, 16, 36].map((radix) => n.toString(radix)))`,
  `(() => { ${exact} ${halfway} ${random} const all = []; for (let i = 0; i < 300; i++) { const m = (1n << 52n) | (BigInt(word()) << 16n); const text = halfway(m, (word() % 1800) - 950); all.push(exact(Number(text)), exact(Number(text.replace(/(?=e|$)/, text.includes('e') ? '' : '.000001')))); } return all; })()`,
  `(() => { ${exact} ${halfway} return [1n, 2n, 3n, (1n << 51n) + 1n].map((m) => { const text = halfway(m, -1074); const [digits, power] = text.split('e-'); return [exact(Number(text)), exact(parseFloat(text)), exact(Number(digits + '1e-' + (Number(power) + 1))), exact(JSON.parse(text)), exact((0, eval)(text)), exact(Number(digits.slice(0, -1) + '4e-' + power))]; }); })()`,
  `[9007199254740993, 9007199254740992.99999999999999999999999999999999, 9007199254740993.00000000000000000000000000000000000001, 0.1000000000000000055511151231257827021181583404541015624, 123456789012345678901234567890123456789012345678901234567890]`,
  `[1_000_000_000_000_000_000_000_000_000_000_000_000_000_001, -179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880]`,
  `['1'.repeat(400), '0'.repeat(100) + '1', '1' + '0'.repeat(400) + 'e-400', '-' + '9'.repeat(60), '+' + '8'.repeat(60) + '.5', ' ' + '7'.repeat(60) + ' ', '1'.repeat(50) + '_000', '1'.repeat(50) + 'x', '0x' + 'f'.repeat(50), '0b' + '10'.repeat(40), '.' + '3'.repeat(60), '5.' + '0'.repeat(60)].map((text) => [Number(text), parseFloat(text), parseInt(text)])`,
  many(
    1000,
    'parseInt(Array.from({ length: 1 + (word() % 60) }, () => (word() % 23).toString(23)).join(""), 23 + (word() % 14))',
  ),
  many(2000, 'Math.hypot(bits(), bits())'),
  many(1000, 'Math.hypot(word() / 7, word() / 11, word() % 1000, word() / 2 ** 33)'),
  `[[], [0, -0], [-0], [-3], [NaN, Infinity], [-Infinity, NaN], [NaN, 1], [1e200, 1e200], [1e-200, 1e-200], [5e-324, 5e-324], [1e308, 1e308, 1e308], [3, 4], ['3', 4], [undefined, 1], [null, 1], [[2], 1], [3, 4, 12], Array(1000).fill(1.1)].map((args) => String(Math.hypot(...args)))`,
  `(() => { const log = []; const value = (n) => ({ valueOf() { log.push(n); return n; } }); return [Math.hypot(value(NaN), value(3), value(Infinity)), log, Math.hypot.length, Math.hypot.name]; })()`,
  `[[1n, 2], [Symbol(), 2, 3], [1, {}, 2n]].map((args) => { try { return Math.hypot(...args); } catch (e) { return e.name; } })`,
];
