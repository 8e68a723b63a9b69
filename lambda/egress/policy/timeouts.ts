/** Most time to connect, TLS included. */
export const connectTimeoutMs = 5_000;

/** Most silence between two pieces of a response's body. */
export const bodyTimeoutMs = 5_000;
