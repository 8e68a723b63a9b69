/**
 * The Lambda function whose answers stream: JSON when the run has ended, or events while it goes on, each
 * behind a prelude with status and headers.
 */

import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import { startService } from './startup.ts';

const service = await startService(process.env);

export const handler = service.createStreamingHandler(executionModeStreamifyResponse);
