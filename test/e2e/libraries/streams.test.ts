/**
 * Clients of servers that stream, unchanged: the server sends the next piece only once the program has
 * told it that it has seen the one before, so that nothing on the way may wait for more.
 */

import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../../support/engine-process.ts';
import { type LibraryServer, startLibraryServer } from '../../support/servers/library-server.ts';
import { listenOnLoopback } from '../../support/servers/loopback.ts';

const words = ['Streams', ' are', ' bytes', ' of', ' the', ' höchste', ' kind', '.'];

let engine: EngineProcess;
let libraries: LibraryServer;
let model: { readonly origin: string; close(): Promise<void> };

beforeAll(async () => {
  libraries = await startLibraryServer();
  model = await startModel();
  engine = await startEngine({
    ENGINE_TRUSTED_ORIGINS: `${libraries.origin},${model.origin}`,
    ENGINE_SANDBOXES: '1',
    ENGINE_FETCH_MAX_REQUESTS: '20',
  });
});

afterAll(async () => {
  await engine.stop();
  await libraries.close();
  await model.close();
});

/** A server of chat completions. `/next` has it send the next word. */
async function startModel(): Promise<typeof model> {
  let answer: ServerResponse | null = null;
  let sent = 0;
  const say = (data: string): void => void answer?.write(`data: ${data}\n\n`);
  const next = (): void => {
    const content = words[sent];
    sent += 1;
    if (content === undefined) {
      say('[DONE]');
      answer?.end();
      return;
    }
    const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }];
    const object = 'chat.completion.chunk';
    say(JSON.stringify({ id: 'one', object, created: 1, model: 'local', choices }));
  };
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/next') {
      next();
      response.end();
      return;
    }
    answer = response;
    sent = 0;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': a comment\n\n');
    next();
  });
  const { port, close } = await listenOnLoopback(server);
  return { origin: `http://127.0.0.1:${port}`, close };
}

const programs: readonly [name: string, bundle: string, program: string][] = [
  [
    'openai',
    'openai',
    `import OpenAI from 'openai';
     const client = new OpenAI({ apiKey: 'none', baseURL: input + '/v1', maxRetries: 0 });
     const messages = [{ role: 'user', content: 'What are streams?' }];
     const stream = await client.chat.completions.create({ model: 'local', messages, stream: true });
     const seen = [];
     for await (const { choices: [choice] } of stream) {
       seen.push(choice.delta.content);
       await fetch(input + '/next');
     }
     export default seen`,
  ],
  [
    'openai, which reads no more than it wants',
    'openai',
    `import OpenAI from 'openai';
     const client = new OpenAI({ apiKey: 'none', baseURL: input + '/v1', maxRetries: 0 });
     const stream = await client.chat.completions.create({ model: 'local', messages: [], stream: true });
     for await (const { choices: [choice] } of stream) {
       globalThis.first = choice.delta.content;
       break;
     }
     export default [first]`,
  ],
  [
    'eventsource-parser',
    'eventsource-parser/stream',
    `import { EventSourceParserStream } from 'eventsource-parser/stream';
     const { body } = await fetch(input + '/events');
     const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
     const seen = [];
     for await (const { data } of events) {
       if (data === '[DONE]') break;
       seen.push(JSON.parse(data).choices[0].delta.content);
       await fetch(input + '/next');
     }
     export default seen`,
  ],
];

test.each(programs)('%s', async (name, bundle, program) => {
  const { text } = await engine.execute({
    url: libraries.serve(program),
    imports: { [bundle]: `${libraries.origin}/bundle/${bundle}` },
    input: model.origin,
    limits: { timeoutMs: 20_000 },
  });
  const result = name.includes('no more') ? words.slice(0, 1) : words;
  expect(JSON.parse(text)).toMatchObject({ error: null, stderr: '', result });
});
