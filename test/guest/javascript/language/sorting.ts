/** Expressions about arrays that a function sorts: one that contradicts itself shows the algorithm. */

const logged = (list: string): string =>
  `(() => { const calls = []; const sorted = ${list}.sort((a, b) => (calls.push([a, b]), a - b)); return JSON.stringify([sorted, calls]); })()`;
const records = (count: number): string =>
  `Array.from({ length: ${count} }, (_, i) => ({ key: (i * 7) % 5, i }))`;
const orders = [
  '(a, b) => (a.key < b.key ? 1 : -1)',
  '(a, b) => (a.key > b.key ? 1 : -1)',
  '(a, b) => a.key > b.key',
  '(a, b) => a.key < b.key',
  '(a, b) => b.key - a.key',
  '() => -1',
  '() => 1',
  '() => 0',
  '() => NaN',
  '() => {}',
  '(a, b) => (a.key <= b.key ? -1 : 1)',
];

export const sorting: readonly string[] = [
  logged('[3, 1, 2]'),
  logged('[1, 2, 3, 4]'),
  logged('[4, 3, 2, 1, 5]'),
  logged('Array.from({ length: 63 }, (_, i) => (i * 37) % 63)'),
  ...orders.flatMap((order) =>
    [2, 5, 40, 63, 64, 100, 1000].map(
      (count) => `${records(count)}.sort(${order}).map(({ i }) => i).join()`,
    ),
  ),
  ...orders.map((order) => `${records(300)}.toSorted(${order}).map(({ i }) => i).join()`),
  `[3, undefined, , 1, null, undefined].sort((a, b) => a - b)`,
  `(() => { const list = [3, , 1, undefined]; list.sort((a, b) => a - b); return [list, 3 in list, 2 in list, list.toSorted((a, b) => b - a)]; })()`,
  `Array.prototype.sort.call({ length: '3', 0: 'c', 2: 'a' }, (a, b) => (a < b ? -1 : 1))`,
  `Array.prototype.toSorted.call({ length: 3, 0: 'c', 2: 'a' }, (a, b) => (a < b ? -1 : 1))`,
  `(() => { const list = [2, 1]; try { list.sort(() => { throw new RangeError('mine'); }); } catch (e) { return [e.message, list]; } })()`,
  `[1, {}, 'x', null].map((given) => { try { return [2, 1].sort(given); } catch (e) { return e.name; } })`,
  `(() => { 'use strict'; try { Object.freeze([2, 1]).sort((a, b) => a - b); } catch (e) { return e.name; } })()`,
  `[2, 1].sort(function (a, b) { 'use strict'; return this === undefined ? a - b : b - a; })`,
  `[3n, 1n, 2n].sort((a, b) => (a < b ? -1 : 1)).map(String)`,
  `[2, 1].sort((a, b) => ({ valueOf: () => a - b }))`,
  `(() => { try { [2, 1].sort(() => 1n); } catch (e) { return e.name; } })()`,
  `(() => { try { Array.prototype.toSorted.call({ length: 2 ** 32 }, (a, b) => a - b); } catch (e) { return e.name; } })()`,
  `[Array.prototype.sort.name, Array.prototype.sort.length, Array.prototype.toSorted.length, 'prototype' in Array.prototype.sort]`,
  `(() => { class List extends Array {} const list = List.from([2, 1]); return [list.sort((a, b) => a - b) === list, list.toSorted((a, b) => a - b) instanceof List]; })()`,
];
