/** A function as Lambda runs it behind HTTP on loopback, as API Gateway is in front of the deployed one. */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { answerPreflight, isPreflight } from '../../../lambda/local/preflight.ts';
import { proxyEvent } from '../../../lambda/local/proxy-event.ts';
import { type Loopback, listenOnLoopback } from '../servers/loopback.ts';
import type { Answer } from './answer.ts';
import type { Environment } from './environment.ts';

export function startGateway(environment: Environment): Promise<Loopback> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isPreflight(request)) return answerPreflight(request, response);
    const event = proxyEvent(request, await buffer(request), randomUUID(), new Date());
    const reply = await environment.invoke(event);
    if (reply.kind === 'error') throw new Error(`${reply.errorType}: ${reply.errorMessage}`);
    const { statusCode, headers } = reply.kind === 'stream' ? reply : (reply.payload as Answer);
    response.writeHead(statusCode, headers);
    if (reply.kind === 'response') {
      response.end((reply.payload as Answer).body);
      return;
    }
    // Lambda takes all of an answer, also when its caller has gone.
    response.once('close', () => reply.body.unpipe(response).resume());
    reply.body.pipe(response);
  }

  return listenOnLoopback(
    createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    }),
  );
}
