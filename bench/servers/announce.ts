/** How the servers of the benchmarks begin and end: forked, on a free loopback port. */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens, sends `{ origin }` to the parent process, and ends when that asks for it or ends itself. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo; // It listens on a port, so this is its type.
    process.send?.({ origin: `http://127.0.0.1:${port}` });
  });
  process.once('SIGTERM', () => process.exit(0));
  process.once('disconnect', () => process.exit(0));
}
