/** Servers of tests listen on a free port of the loopback interface, and close without waiting. */

import type { Server, Socket } from 'node:net';

export interface Loopback {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: ReadonlySet<Socket>;
  /** Connections accepted so far. */
  accepted(): number;
  /** Breaks the open connections, and waits until the server is closed. */
  close(): Promise<void>;
}

/** Starts a server of `node:http`, `node:https` or `node:net`. */
export async function listenOnLoopback(server: Server): Promise<Loopback> {
  const connections = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    port: address.port,
    connections,
    accepted: () => accepted,
    close: () =>
      new Promise((resolve) => {
        for (const socket of connections) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
