/** Limits of AWS Lambda that nobody can change. */

/** A synchronous invocation takes no larger payload, and gives none. */
export const MAX_LAMBDA_PAYLOAD_BYTES = 6_291_556;
