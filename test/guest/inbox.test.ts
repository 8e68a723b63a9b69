/** What a sandbox process reads, and when: tried in a process of its own, as it reads stdin. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { encodeFrame } from '../../lambda/contract/frame.ts';

const inboxUrl = new URL('../../lambda/guest/inbox.ts', import.meta.url);

/** Waits for a run without blocking, as a process does until it warms up, then takes two. */
const program = `
const { Inbox } = await import(${JSON.stringify(inboxUrl.href)});
const inbox = new Inbox({ onAnswer() {}, onRecall() {}, onEnd: () => process.exit(1) });
void inbox.runArrival();
const first = await inbox.nextRun();
console.log('first');
await new Promise((resolve) => setImmediate(resolve));
const reads = process.getActiveResourcesInfo().filter((name) => name.startsWith('FSReq'));
const second = await inbox.nextRun();
console.log(JSON.stringify([first.message.runId, second.message.runId, reads]));
process.exit(0);
`;

test('a process that has waited for its first run reads no more in the background', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 50_000,
  });
  const send = (runId: number): void => {
    for (const part of encodeFrame({ type: 'run', runId })) child.stdin.write(part);
  };
  send(1);
  // The second is not to be read with the first.
  await once(child.stdout, 'readable');
  send(2);
  const [first, answer = ''] = (await text(child.stdout)).split('\n');
  expect([first, JSON.parse(answer)]).toEqual(['first', [1, 2, []]]);
});
