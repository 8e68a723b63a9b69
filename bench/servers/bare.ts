/**
 * The floor over HTTP: downloads with undici and evaluates with quickjs-emscripten in the server's
 * own process. No isolation, no limits, no policy, no logs.
 */

import { createServer } from 'node:http';
import { getQuickJS } from 'quickjs-emscripten';
import { request } from 'undici';
import { announce } from './announce.ts';

const quickjs = await getQuickJS();

const server = createServer(async (incoming, response) => {
  let text = '';
  for await (const chunk of incoming) text += chunk;
  const { url } = JSON.parse(text) as { url: string };
  const download = await request(url);
  const code = await download.body.text();
  const runtime = quickjs.newRuntime();
  const context = runtime.newContext();
  const handle = context.unwrapResult(context.evalCode(code));
  const result: unknown = context.dump(handle);
  handle.dispose();
  context.dispose();
  runtime.dispose();
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ result }));
});
announce(server);
