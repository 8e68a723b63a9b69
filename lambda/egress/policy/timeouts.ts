/** Policy of egress, beside all steps: timeouts of a connection. */

/** Longest time to connect, TLS included. */
export const CONNECT_TIMEOUT_MS = 5_000;

/** Longest pause between two pieces of a response's body. */
export const BODY_TIMEOUT_MS = 5_000;
