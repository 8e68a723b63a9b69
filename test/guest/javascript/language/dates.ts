/** Expressions about texts of dates. */

const texts = [
  ...['2020-01-01t00:00:00z', '2020-01-01T00:00:00z', '2020-01-01t00:00:00Z', '2020-01-01t10:20'],
  ...['2020-01-01t00:00:00.123z', '2020-01-01t00:00:00+01:00', '2022-03-01t01:02:03.456-03:30'],
  ...['1985-04-12t23:20:50.52z', '1996-12-19t16:39:57-08:00', '2020-01-01T00:00:00Z', '2020-02-30'],
  ...[
    '1/1/2020, 12:00:00\u202fAM',
    '12/31/1999, 11:59:59\u202fPM',
    'Jan 1 2020 10:00 pm',
    'foo',
    '',
  ],
  ...[
    'Wed, 01 Jan 2020 00:00:00 GMT',
    'wed, 01 jan 2020 00:00:00 gmt',
    '2020-01-01 00:00:00z',
    '1z',
  ],
];

export const dates: readonly string[] = [
  ...texts.map(
    (text) => `[Date.parse(${JSON.stringify(text)}), new Date(${JSON.stringify(text)})]`,
  ),
  `[String(new Date(0)), new Date(1e12).toTimeString(), new Date(0).toDateString(), new Date(NaN).toString(), new Date(NaN).toTimeString()]`,
  `[new Date(0) + 1, JSON.stringify({ at: new Date(5) }), '' + new Date(-1e13), new Date(8.64e15).toString(), new Date(-8.64e15).toString()]`,
  `Date.parse(new Date(1e12).toString()) === 1e12`,
  `/GMT\\+0000 \\(Coordinated Universal Time\\)$/.test(Date())`,
  `[Date.prototype.toString.name, Date.prototype.toString.length, 'prototype' in Date.prototype.toTimeString, Object.getOwnPropertyDescriptor(Date.prototype, 'toString').enumerable]`,
  `(() => { try { Date.prototype.toString.call({}); } catch (e) { return e instanceof TypeError; } })()`,
  `new Date(new Date(1e12).toLocaleString('en-US', { timeZone: 'Asia/Tokyo' })).toISOString()`,
  `new Date(new Date(1e12).toLocaleString()).getTime()`,
  `[Date.name, Date.length, Date.parse.name, Date.parse.length, Date.prototype.constructor === Date, Object.getOwnPropertyNames(Date).sort()]`,
  `[typeof Date(), new Date().constructor === Date, new Date(0) instanceof Date, Object.prototype.toString.call(new Date(0))]`,
  `(() => { class Day extends Date { get day() { return this.getUTCDate(); } } const d = new Day('2020-01-05t00:00:00z'); return [d.day, d instanceof Day, d instanceof Date, d.getTime()]; })()`,
  `[new Date(2020, 0), new Date(2020, 0, 5, 6, 7, 8, 9), new Date(undefined), new Date(null), new Date('1', 2), new Date(new Date(7)), new Date(1e20)].map(Number)`,
  `(() => { const log = []; new Date({ [Symbol.toPrimitive](hint) { log.push(hint); return 'x'; } }); return log; })()`,
  `Date.parse({ toString: () => '2020-01-01t00:00:00z' })`,
  `Reflect.construct(Date, [5], Object) instanceof Date`,
  `structuredClone(new Date('2020-01-01t00:00:00z')).toISOString()`,
];
