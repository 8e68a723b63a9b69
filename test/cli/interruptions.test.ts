import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';

const module = new URL('../../lambda/cli/interruptions.ts', import.meta.url).href;

/** @param work ends the process by itself, if it is left alone for so long @returns how it ended */
async function endOf(work: string) {
  const source = `
    import { watchInterruptions } from ${JSON.stringify(module)};
    const kill = (signal) => process.kill(process.pid, signal);
    const interruptions = watchInterruptions();
    setTimeout(() => process.exit(3), 10_000);
    ${work}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, printed };
}

test.each(['SIGINT', 'SIGTERM'])('%s ends the work, and then the process', async (name) => {
  const ended = await endOf(`await interruptions.during(async (signal) => {
    setImmediate(kill, '${name}');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    console.log('ended by ' + signal.reason.message);
  })`);
  expect(ended).toEqual({ code: null, signal: name, printed: `ended by ${name}\n` });
});

test('a signal that comes as the work ends is not lost', async () => {
  const ended = await endOf(`await interruptions.during(async () => kill('SIGINT'));`);
  expect(ended).toEqual({ code: null, signal: 'SIGINT', printed: '' });
});

test('a second signal does not wait for the work', async () => {
  const ended = await endOf(`await interruptions.during(async (signal) => {
    signal.addEventListener('abort', () => setImmediate(kill, 'SIGTERM'));
    kill('SIGINT');
    await new Promise(() => {});
  })`);
  expect(ended).toEqual({ code: null, signal: 'SIGTERM', printed: '' });
});
