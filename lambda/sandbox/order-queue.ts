/** Orders that wait for a process, first come first served, each as long as its patience lasts. */

import type { Order } from './order.ts';

interface Waiting {
  readonly order: Order;
  /** Fires when the order's patience is at its end. */
  readonly timer: NodeJS.Timeout;
}

export class OrderQueue {
  readonly #waiting: Waiting[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** The order that has waited longest. */
  get first(): Order | undefined {
    return this.#waiting[0]?.order;
  }

  add(order: Order): void {
    this.#waiting.push(this.#wait(order));
  }

  /** Puts orders that had their turn before all others, with the patience that they have left. */
  putBack(orders: readonly Order[]): void {
    this.#waiting.unshift(...orders.map((order) => this.#wait(order)));
  }

  /** Removes {@link first}, whose patience no longer matters. */
  removeFirst(): void {
    clearTimeout(this.#waiting.shift()?.timer);
  }

  /** Settles the orders of this signal without a result. */
  dismiss(signal: AbortSignal): void {
    for (const waiting of this.#waiting.filter(({ order }) => order.signal === signal)) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      clearTimeout(waiting.timer);
      waiting.order.settle(null);
    }
  }

  /** Settles all orders without a result. */
  clear(): void {
    for (const { order, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      order.settle(null);
    }
  }

  #wait(order: Order): Waiting {
    const patienceMs = Math.max(0, order.patientUntilMs - performance.now());
    const timer = setTimeout(() => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      order.settle(null);
    }, patienceMs);
    const waiting: Waiting = { order, timer };
    return waiting;
  }
}
