import type { FetchQuota } from '../settings/settings.ts';
import { EgressFailure } from './policy/failure.ts';

/** What the fetches of one run have used, against what they may. */
export class QuotaAccount {
  readonly counts = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  readonly #quota: FetchQuota;
  /** Of all bodies admitted, sent or not yet. */
  #admittedBytes = 0;

  constructor(quota: FetchQuota) {
    this.#quota = quota;
  }

  /**
   * Accounts for one attempt, refused ones and redirect hops included.
   * @param bodyBytes of the request
   * @returns why it may not be made, or `null`
   */
  admit(bodyBytes: number): EgressFailure | null {
    const { maxRequests, maxRequestBytes, maxTotalBytes } = this.#quota;
    if (this.counts.requests >= maxRequests) {
      return over('maxRequests', `${maxRequests} requests, redirects included`);
    }
    if (bodyBytes > maxRequestBytes) {
      return over('maxRequestBytes', `${maxRequestBytes} bytes for the body of a request`);
    }
    if (this.#total() + bodyBytes > maxTotalBytes) {
      return over('maxTotalBytes', `${maxTotalBytes} bytes sent and received together`);
    }
    this.counts.requests += 1;
    this.#admittedBytes += bodyBytes;
    return null;
  }

  /** Takes back what was admitted, but never attempted. */
  giveBack(bodyBytes: number): void {
    this.counts.requests -= 1;
    this.#admittedBytes -= bodyBytes;
  }

  send(bodyBytes: number): void {
    this.counts.bytesSent += bodyBytes;
  }

  /** Accounts for a piece of a response's decoded body. @returns why it must stop, or `null` */
  receive(chunkBytes: number, responseBytes: number): EgressFailure | null {
    const { maxResponseBytes, maxTotalBytes } = this.#quota;
    this.counts.bytesReceived += chunkBytes;
    if (responseBytes > maxResponseBytes) return this.responseTooLarge();
    return this.#total() > maxTotalBytes
      ? over('maxTotalBytes', `${maxTotalBytes} bytes sent and received together`)
      : null;
  }

  responseTooLarge(): EgressFailure {
    return new EgressFailure(
      'too-large',
      `The response is over the limit of ${this.#quota.maxResponseBytes} bytes (maxResponseBytes).`,
    );
  }

  #total(): number {
    return this.#admittedBytes + this.counts.bytesReceived;
  }
}

function over(name: string, value: string): EgressFailure {
  return new EgressFailure('quota', `The quota of this run is used up: ${value} (${name}).`);
}
