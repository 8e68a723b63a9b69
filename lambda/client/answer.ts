/** Names for the parts of an answer. */

import type { ExecuteResponse } from './wire.ts';

export type ExecutionError = NonNullable<ExecuteResponse['error']>;
export type ErrorCode = ExecutionError['code'];
export type LogEntry = ExecuteResponse['logs'][number];
export type GuestFile = ExecuteResponse['files'][number];
/** Of many inputs: what one run did. */
export type BatchItem = NonNullable<ExecuteResponse['results']>[number];
