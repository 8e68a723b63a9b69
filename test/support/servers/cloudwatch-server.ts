/** CloudWatch Logs as the SDK sees it, with the failures that a test asks for. */

import { createServer } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

/** A request of the SDK, as CloudWatch Logs would see it. */
export interface CloudWatchCall {
  readonly operation: string;
  readonly input: {
    readonly logGroupName: string;
    readonly logStreamName: string;
    readonly logEvents?: readonly { readonly message: string; readonly timestamp: number }[];
  };
}

/** `hang`: no answer; `reset`: the connection breaks. */
export type Answer = { readonly status: number; readonly body: object } | 'hang' | 'reset';

export const taken: Answer = { status: 200, body: {} };
export function refused(type: string, status = 400): Answer {
  return { status, body: { __type: type, message: type } };
}

/** Speaks the JSON protocol of CloudWatch Logs on a free port of the loopback interface. */
export async function cloudWatchServer(answer: (call: CloudWatchCall) => Answer) {
  const calls: CloudWatchCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).replace('Logs_20140328.', '');
      const call = { operation, input: JSON.parse(Buffer.concat(chunks).toString()) };
      calls.push(call);
      const answered = answer(call);
      if (answered === 'reset') request.socket.resetAndDestroy();
      else if (answered !== 'hang') {
        response.writeHead(answered.status, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(answered.body));
      }
    });
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    /** Messages of the batches that were taken, in order. */
    messages: () =>
      calls
        .filter((call) => call.operation === 'PutLogEvents')
        .flatMap(({ input }) => input.logEvents ?? [])
        .map(({ message }) => JSON.parse(message).message),
    close,
  };
}
