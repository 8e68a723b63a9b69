/** The other extreme: a new `node -e` for each request. */

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

const server = createServer(async (incoming, response) => {
  let text = '';
  for await (const chunk of incoming) text += chunk;
  const { url } = JSON.parse(text) as { url: string };
  const download = await request(url);
  const code = await download.body.text();
  execFile(process.execPath, ['-p', code], (_, result) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ result }));
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ origin: `http://127.0.0.1:${port}` });
});
process.once('SIGTERM', () => process.exit(0));
