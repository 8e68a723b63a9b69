/**
 * A pricing rule that imports a library, for many orders: one request with `inputs`, beside a request for
 * each order, eight at once and one at a time. All must give the same prices.
 *
 *     node bench/batch.ts        after npm run build
 */

import { isDeepStrictEqual } from 'node:util';
import { Agent } from 'undici';
import { startLibraryServer } from '../test/support/servers/library-server.ts';
import { machineLine, thisPlace } from './figures.ts';
import { quantile } from './measure.ts';
import { startServer } from './servers/start.ts';

const ORDERS = 1000;
const ROUNDS = 5;
const CONCURRENCY = 8;

interface Answer {
  readonly result: unknown;
  readonly results?: readonly { readonly result: unknown }[];
  readonly error: unknown;
}

const library = await startLibraryServer();
const url = library.serve(`
  import { Decimal } from '${library.origin}/bundle/decimal.js';
  export default function price({ id, years, unitPrice, count }) {
    const rate = years >= 5 ? '0.9' : count > 20 ? '0.95' : '1';
    return { id, rate, toPay: new Decimal(unitPrice).times(count).times(rate).toFixed(2) };
  }
`);
const orders = Array.from({ length: ORDERS }, (_, id) => ({
  id,
  years: id % 9,
  unitPrice: `${id}.99`,
  count: 1 + (id % 30),
}));
const engine = await startServer('engine.ts', { ENGINE_TRUSTED_ORIGINS: library.origin });
const agent = new Agent({ connections: CONCURRENCY });

async function execute(request: object): Promise<Answer> {
  const { body } = await agent.request({
    origin: engine.origin,
    path: '/execute',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, ...request }),
  });
  const answer = (await body.json()) as Answer;
  if (answer.error !== null) throw new Error(JSON.stringify(answer.error));
  return answer;
}

async function inOneRequest(): Promise<unknown[]> {
  const { results = [] } = await execute({ inputs: orders });
  return results.map(({ result }) => result);
}

async function requests(atOnce: number): Promise<unknown[]> {
  const prices: unknown[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < orders.length) {
        const index = next;
        next += 1;
        prices[index] = (await execute({ input: orders[index] })).result;
      }
    }),
  );
  return prices;
}

const ways = [
  { name: 'one request with inputs', run: inOneRequest },
  { name: 'requests, eight at once', run: () => requests(CONCURRENCY) },
  { name: 'requests, one at a time', run: () => requests(1) },
];
const times = ways.map((): number[] => []);
const expected = await requests(1);
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, { name, run }] of ways.entries()) {
    const start = performance.now();
    const prices = await run();
    times[index]?.push(performance.now() - start);
    if (!isDeepStrictEqual(prices, expected)) throw new Error(`${name}: other prices`);
  }
}
console.log(machineLine(thisPlace()));
console.log(`${ORDERS} orders, medians of ${ROUNDS} rounds, all prices the same`);
const fastest = quantile(times[0] ?? [], 0.5);
for (const [index, { name }] of ways.entries()) {
  const ms = quantile(times[index] ?? [], 0.5);
  console.log(
    `${ms.toFixed(0).padStart(8)} ms${(ms / fastest).toFixed(1).padStart(8)} ×   ${name}`,
  );
}
await agent.close();
await Promise.all([engine.stop(), library.close()]);
