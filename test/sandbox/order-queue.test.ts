import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { OrderQueue } from '../../lambda/sandbox/order-queue.ts';
import { orderOf } from '../support/fake-process.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('orders are served in the order in which they came', () => {
  const queue = new OrderQueue();
  const [a, b] = [orderOf('a'), orderOf('b')];
  queue.add(a);
  queue.add(b);
  expect([queue.length, queue.first]).toEqual([2, a]);
  queue.removeFirst();
  expect([queue.length, queue.first]).toEqual([1, b]);
  queue.removeFirst();
  expect([queue.length, queue.first]).toEqual([0, undefined]);
});

test('an order that waits longer than its patience ends without a result, and the others wait on', () => {
  const queue = new OrderQueue();
  const [patient, hasty] = [orderOf('patient', { patienceMs: 100 }), orderOf('hasty')];
  queue.add(patient);
  queue.add({ ...hasty, patientUntilMs: performance.now() + 50 });
  jest.advanceTimersByTime(50);
  expect([patient.results, hasty.results]).toEqual([[], [null]]);
  expect(queue.first).toBe(patient);
  jest.advanceTimersByTime(50);
  expect([patient.results, queue.length]).toEqual([[null], 0]);
});

test('an order that has its turn no longer runs out of patience', () => {
  const queue = new OrderQueue();
  const order = orderOf('a', { patienceMs: 50 });
  queue.add(order);
  queue.removeFirst();
  jest.advanceTimersByTime(1000);
  expect(order.results).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});

test('orders that are put back come before the others, with the patience that they have left', () => {
  const queue = new OrderQueue();
  const [a, b, c] = [orderOf('a', { patienceMs: 100 }), orderOf('b'), orderOf('c')];
  queue.add(a);
  queue.removeFirst();
  queue.add(c);
  jest.advanceTimersByTime(60);
  queue.putBack([a, b]);
  expect([queue.length, queue.first]).toEqual([3, a]);
  jest.advanceTimersByTime(39);
  expect(a.results).toEqual([]);
  jest.advanceTimersByTime(1);
  expect([a.results, queue.first]).toEqual([[null], b]);
});

test('an order that is put back after its patience has run out ends at the next turn', () => {
  const queue = new OrderQueue();
  const order = orderOf('a', { patienceMs: 10 });
  jest.advanceTimersByTime(20);
  queue.putBack([order]);
  expect(order.results).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(order.results).toEqual([null]);
});

test('clearing ends all orders without a result and leaves no timer', () => {
  const queue = new OrderQueue();
  const orders = [orderOf('a'), orderOf('b')];
  for (const order of orders) queue.add(order);
  queue.clear();
  expect(orders.map(({ results }) => results)).toEqual([[null], [null]]);
  expect([queue.length, jest.getTimerCount()]).toEqual([0, 0]);
});
