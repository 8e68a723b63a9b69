/**
 * The Lambda function whose answers stream: JSON when the run has ended, or events while it goes on, each
 * behind a prelude with status and headers.
 */

import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import { service } from './startup.ts';

export const handler = service.createStreamingHandler(executionModeStreamifyResponse);
