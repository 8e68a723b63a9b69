/** The other extreme: a new `node -e` for each request. */

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { request } from 'undici';
import { announce } from './announce.ts';

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
announce(server);
