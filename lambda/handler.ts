/** The Lambda function whose answers are whole. */

import type { StreamingHandler } from './api/pipeline.ts';
import { startService } from './startup.ts';

const service = await startService(process.env);

export const handler = service.createHandler();

/** The same with streams, for those that run it in a process of their own. */
export const createStreamingHandler = (): StreamingHandler => service.createStreamingHandler();

/** Stops the sandboxes, for those that run the handler in a process of their own. */
export const { close } = service;
