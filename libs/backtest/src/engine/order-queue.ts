import type { Order, OpenTrade } from './order.js';

/** The live orders in the order in which they are tried on a bar. */
export class OrderQueue {
  readonly #orders: Order[] = [];
  readonly #snapshot: Order[] = [];

  get length(): number {
    return this.#orders.length;
  }

  /** Ahead of everything: closing orders and stop losses, so that margin is freed before it is needed. */
  addFirst(order: Order): void {
    if (this.#orders.length === 0) this.#orders.push(order);
    else this.#orders.unshift(order);
  }

  addLast(order: Order): void {
    this.#orders.push(order);
  }

  remove(order: Order): void {
    order.alive = false;
    if (this.#orders[0] === order) {
      this.#orders.shift();
      return;
    }
    const at = this.#orders.indexOf(order);
    if (at >= 0) this.#orders.splice(at, 1);
  }

  removeOf(trade: OpenTrade): void {
    for (let k = this.#orders.length - 1; k >= 0; k--) {
      if (this.#orders[k]!.trade === trade) this.remove(this.#orders[k]!);
    }
  }

  /** Cancels every order that is neither stop loss nor take profit. */
  cancelPending(): void {
    for (let k = this.#orders.length - 1; k >= 0; k--) {
      if (!this.#orders[k]!.isContingent) this.remove(this.#orders[k]!);
    }
  }

  clear(): void {
    for (const order of this.#orders) order.alive = false;
    this.#orders.length = 0;
  }

  pendingCount(): number {
    let pending = 0;
    for (const order of this.#orders) if (!order.isContingent) pending++;
    return pending;
  }

  /**
   * The orders as they are now, in one array that is used again: fills change the queue while it is
   * walked. Only the first `length` elements count.
   */
  snapshot(): readonly Order[] {
    const { length } = this.#orders;
    for (let k = 0; k < length; k++) this.#snapshot[k] = this.#orders[k]!;
    return this.#snapshot;
  }
}
