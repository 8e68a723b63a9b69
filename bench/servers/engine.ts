/** The engine as `npm start` runs it. */

import { startLocally } from '../../lambda/local/start.ts';

const server = await startLocally(0);
process.send?.({ origin: server.origin });
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
