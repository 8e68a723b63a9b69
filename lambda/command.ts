/** The handler for a process that lives for one request, such as the command: it gets nothing ready for others. */

import type { Service } from './service.ts';
import { startService } from './startup.ts';

/** The sandboxes start as soon as this module is loaded; whoever waits for the rest has time for more meanwhile. */
export const service: Promise<Service> = startService(process.env, { rehearse: false });
