/** Step 1 of egress, who asks: the quota of one run's fetches. */

import type { FetchQuota } from '../settings/settings.ts';
import { EgressFailure } from './policy/failure.ts';

/** Counts what the fetches of one run use, against its quota. */
export class QuotaAccount {
  readonly counts = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  readonly #quota: FetchQuota;
  /** Bytes of all admitted bodies, sent or not yet. */
  #admittedBytes = 0;

  constructor(quota: FetchQuota) {
    this.#quota = quota;
  }

  /**
   * Counts one attempt, also one that the policy refuses, or a redirect hop.
   * @param bodyBytes of the request
   * @returns why the quota does not allow it, or `null`
   */
  admit(bodyBytes: number): EgressFailure | null {
    const { maxRequests } = this.#quota;
    if (this.counts.requests >= maxRequests) {
      return over('maxRequests', `${maxRequests} requests, redirects included`);
    }
    const refused = this.#overBytes(bodyBytes, bodyBytes);
    if (refused !== null) return refused;
    this.counts.requests += 1;
    this.#admittedBytes += bodyBytes;
    return null;
  }

  /**
   * Counts a piece of a body that is sent as it comes.
   * @param bodyBytes of the body until now, this piece included
   * @returns why the quota does not allow it, or `null`
   */
  admitPiece(pieceBytes: number, bodyBytes: number): EgressFailure | null {
    const refused = this.#overBytes(pieceBytes, bodyBytes);
    if (refused === null) this.#admittedBytes += pieceBytes;
    return refused;
  }

  #overBytes(bytes: number, bodyBytes: number): EgressFailure | null {
    const { maxRequestBytes, maxTotalBytes } = this.#quota;
    if (bodyBytes > maxRequestBytes) {
      const limit = `${maxRequestBytes} bytes for the body of a request`;
      return over('maxRequestBytes', limit, 'maxRequestBytes');
    }
    return this.#total() + bytes > maxTotalBytes
      ? over('maxTotalBytes', `${maxTotalBytes} bytes sent and received together`)
      : null;
  }

  /** Gives back what was admitted, but never attempted. */
  giveBack(bodyBytes: number): void {
    this.counts.requests -= 1;
    this.#admittedBytes -= bodyBytes;
  }

  send(bodyBytes: number): void {
    this.counts.bytesSent += bodyBytes;
  }

  /** Counts a piece of a response's decoded body. @returns why the response must stop, or `null` */
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

function over(name: string, value: string, causeCode: string | null = null): EgressFailure {
  return new EgressFailure('quota', `The quota of this run is used up: ${value} (${name}).`, {
    causeCode,
  });
}
