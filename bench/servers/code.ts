/**
 * Serves the code that is executed: below `/cached/` as CDNs do, else to be downloaded every time. A
 * program of the twelve is `/cached/NAME.js`, and so is one of the mixture.
 */

import { createServer } from 'node:http';
import { programs } from '../computing.ts';
import { helloModule, helloScript, mixture } from '../programs.ts';
import { announce } from './announce.ts';

const server = createServer((incoming, response) => {
  const path = incoming.url ?? '';
  const isModule = path.endsWith('.wasm');
  response.setHeader('cache-control', path.startsWith('/cached/') ? 'max-age=3600' : 'no-store');
  response.setHeader('content-type', isModule ? 'application/wasm' : 'text/javascript');
  const file = path.slice(path.lastIndexOf('/') + 1);
  const program = programs.find(({ name }) => file === `${name}.js`)?.code ?? mixture[file];
  response.end(isModule ? helloModule : (program ?? helloScript));
});
announce(server);
