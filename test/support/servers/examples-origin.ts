/** The world around a deployed function: a web server that has the examples, and CloudWatch Logs. */

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { listenOnLoopback } from './loopback.ts';

const examples = join(import.meta.dirname, '../../../examples');
const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export interface Origin {
  readonly url: string;
  /** Serves a script beside the examples. */
  publish(name: string, source: string): void;
  /** Events that CloudWatch Logs was given, in order. */
  readonly logEvents: readonly { readonly group: string; readonly message: string }[];
  close(): Promise<void>;
}

export async function startOrigin(): Promise<Origin> {
  const logEvents: { group: string; message: string }[] = [];
  const published = new Map<string, string>();

  async function cloudWatchLogs(incoming: IncomingMessage, outgoing: ServerResponse) {
    const input = (await json(incoming)) as {
      readonly logGroupName: string;
      readonly logEvents?: readonly { readonly message: string }[];
    };
    for (const { message } of input.logEvents ?? []) {
      logEvents.push({ group: input.logGroupName, message });
    }
    outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{}');
  }

  const server = createServer((incoming, outgoing) => {
    if (incoming.headers['x-amz-target'] !== undefined) {
      void cloudWatchLogs(incoming, outgoing);
      return;
    }
    const name = incoming.url?.replace('/examples/', '') ?? '';
    const type = contentTypes[extname(name)] ?? 'application/octet-stream';
    outgoing.writeHead(200, { 'content-type': type });
    outgoing.end(published.get(name) ?? readFileSync(join(examples, name)));
  });
  const { port, close } = await listenOnLoopback(server);

  return {
    url: `http://127.0.0.1:${port}`,
    logEvents,
    publish: (name, source) => void published.set(name, source),
    close,
  };
}
