/** Calls of examples/components/orders.wit: as requests have them, and as JavaScript has them in jco. */

import type { Json } from '../../../lambda/contract/errors.ts';

export interface Case {
  readonly name: string;
  readonly entrypoint: string;
  readonly args: readonly Json[];
  /** What jco's JavaScript calls: the same values in its conventions. */
  readonly jco: readonly unknown[];
}

const line = (sku: string, quantity: number, price: number) =>
  [
    { sku, quantity, 'unit-price': price },
    { sku, quantity, unitPrice: price },
  ] as const;
const lines = [line('a', 2, 9.5), line('β 😀', 1, 0.1), line('', 4294967295, 1e-9)];
const many = Array.from({ length: 2000 }, (_, at) => line(`sku-${at}`, at + 1, at / 7));

const price = (
  name: string,
  list: readonly (readonly [Json, unknown])[],
  region: string,
  discount: number | null,
): Case => ({
  name,
  entrypoint: 'demo:orders/pricing#price',
  args: [list.map(([json]) => json), region, discount],
  jco: [list.map(([, value]) => value), region, discount ?? undefined],
});

const echo = (name: string, args: readonly Json[], jco: readonly unknown[]): Case => ({
  name,
  entrypoint: 'demo:orders/pricing#echo',
  args,
  jco,
});

const greet = (name: string, text: string): Case => ({
  name,
  entrypoint: 'greet',
  args: [text],
  jco: [text],
});

export const cases: readonly Case[] = [
  greet('a text', 'Ada'),
  greet('an empty text', ''),
  greet('texts of all planes', 'Grüße, 世界 😀 \u0000 \ufeff'),
  greet('a long text', 'ü'.repeat(100_000)),
  price('a list of records', lines, 'eu', null),
  price('an option that is there', lines, 'us', 0.25),
  price('another case of an enum', lines.slice(0, 1), 'other', 1),
  price('many records', many, 'eu', null),
  price('an error without a payload', [], 'eu', null),
  price('an error with a payload', [...lines, line('none', 0, 1)], 'eu', null),
  echo(
    'bytes, a large number, flags, a tuple and no option',
    [{ base64: 'AAH/' }, '18446744073709551615', ['a', 'c'], [-128, '😀', true], null],
    [
      Uint8Array.of(0, 1, 255),
      2n ** 64n - 1n,
      { a: true, c: true },
      [-128, '😀', true],
      { tag: 'none' },
    ],
  ),
  echo(
    'nothing of everything, and the option of none',
    [[], 0, [], [127, '\u0000', false], { some: null }],
    [new Uint8Array(0), 0n, {}, [127, '\u0000', false], { tag: 'some', val: undefined }],
  ),
  echo(
    'the option of something',
    [[7], 9007199254740991, ['a', 'b', 'c'], [0, 'é', true], { some: 5 }],
    [
      Uint8Array.of(7),
      9007199254740991n,
      { a: true, b: true, c: true },
      [0, 'é', true],
      { tag: 'some', val: 5 },
    ],
  ),
];
