/** The headers of answers that pages of other origins may read, beside those that they always may. */
export const exposedHeaders = 'retry-after, x-request-id';
