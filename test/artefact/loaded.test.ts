import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import type { CodeType } from '../../lambda/contract/languages.ts';
import { startSandboxProcess } from '../../lambda/sandbox/process.ts';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import { runMessage } from '../support/run-message.ts';

const { code } = synthesizeArtefact();
const folder = mkdtempSync(join(tmpdir(), 'loaded-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The guest as it is deployed, but that each of its files says when it is loaded. */
cpSync(join(code, 'guest'), folder, { recursive: true });
for (const name of readdirSync(folder).filter((each) => each.endsWith('.mjs'))) {
  const path = join(folder, name);
  writeFileSync(path, `process.stderr.write('${name} ');${readFileSync(path, 'utf8')}`);
}

/** @returns how the run ended, and which files a process has loaded that ran nothing else */
function loadedBy(
  codeType: CodeType,
  source: Uint8Array,
): Promise<[ending: string, files: string]> {
  const { promise, resolve } = Promise.withResolvers<[string, string]>();
  let ending = '';
  const child = startSandboxProcess(
    {
      directory: pathToFileURL(`${folder}/`),
      maxMemoryBytes: 2 ** 27,
      maxFetchBytes: 2 ** 20,
      codeCacheBytes: 0,
    },
    {
      onMessage(message) {
        if (message.type === 'ready') {
          child.send(runMessage(codeType, { sha256: 'a'.repeat(64), stdin: 'one' }), source);
        }
        if (message.type !== 'done') return;
        ending = message.outcome.status;
        child.kill();
      },
      onExit: ({ stderr }) => resolve([ending, stderr]),
    },
  );
  return promise;
}

const example = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../examples/${path}`, import.meta.url)));

test('what only components need is loaded for them alone', async () => {
  const [script, module, component] = [
    await loadedBy('javascript', Buffer.from('1 + 1')),
    await loadedBy('wasm', example('wordcount.wasm')),
    await loadedBy('wasm', example('components/wordcount.wasm')),
  ];
  expect([script[0], module[0], component[0]]).toEqual(['success', 'success', 'success']);
  expect(component[1]).toContain('runner-');
  for (const [, files] of [script, module]) {
    expect(files).toContain('guest.mjs');
    expect(files).not.toContain('runner-');
  }
  // And nothing else is more than it is for a module.
  const more = component[1].split(' ').filter((name) => !module[1].includes(name));
  expect(more.map((name) => name.replace(/-.*/, ''))).toEqual(['runner']);
});
