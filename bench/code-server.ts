/** Serves the code that is executed; nothing may be cached, so that every request downloads it. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { helloModule, helloScript } from './programs.ts';

const server = createServer((incoming, response) => {
  const isModule = incoming.url === '/hello.wasm';
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-type', isModule ? 'application/wasm' : 'text/javascript');
  response.end(isModule ? helloModule : helloScript);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ origin: `http://127.0.0.1:${port}` });
});
process.once('SIGTERM', () => process.exit(0));
