/** Serves the code that is executed: below `/cached/` as CDNs do, else to be downloaded every time. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { helloModule, helloScript } from './programs.ts';

const server = createServer((incoming, response) => {
  const path = incoming.url ?? '';
  const isModule = path.endsWith('.wasm');
  response.setHeader('cache-control', path.startsWith('/cached/') ? 'max-age=3600' : 'no-store');
  response.setHeader('content-type', isModule ? 'application/wasm' : 'text/javascript');
  response.end(isModule ? helloModule : helloScript);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ origin: `http://127.0.0.1:${port}` });
});
process.once('SIGTERM', () => process.exit(0));
