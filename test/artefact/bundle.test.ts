import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';

/** A quarter above what there is today. */
const maxBytes = 4 * 2 ** 20;
const maxCompressedBytes = 1.7 * 2 ** 20;
/** What takes types out of TypeScript, what runs components, what agents need, spans, and the playground: read when asked for. */
const maxLaterBytes = 3.5 * 2 ** 20;
const maxLaterCompressedBytes = 1.3 * 2 ** 20;

const { code } = synthesizeArtefact();
const files = readdirSync(code, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({
    name: relative(code, path),
    bytes: statSync(path).size,
    compressedBytes: gzipSync(readFileSync(path)).byteLength,
  }));

const isLater = ({ name }: { name: string }) =>
  /^(?:guest\/typescript\.|guest\/runner-|mcp-route-|spans-|playground\/)/.test(name);
const later = files.filter(isLater);
const loaded = files.filter((file) => !isLater(file));

const total = (key: 'bytes' | 'compressedBytes', of = files) =>
  of.reduce((sum, file) => sum + file[key], 0);

describe('what is deployed', () => {
  test('is small: Lambda loads it at every cold start', () => {
    const rows = [
      ...files,
      { name: 'total', bytes: total('bytes'), compressedBytes: total('compressedBytes') },
    ].map(({ name, bytes, compressedBytes }) =>
      [name.padEnd(40), `${bytes}`.padStart(9), `${compressedBytes}`.padStart(9)].join(' '),
    );
    process.stdout.write(`${['deployed (bytes, compressed)', ...rows].join('\n')}\n`);

    expect(total('bytes', loaded)).toBeLessThan(maxBytes);
    expect(total('compressedBytes', loaded)).toBeLessThan(maxCompressedBytes);
    expect(total('bytes', later)).toBeLessThan(maxLaterBytes);
    expect(total('compressedBytes', later)).toBeLessThan(maxLaterCompressedBytes);
  });

  test('has the handler, the guest and what they load, and nothing else', () => {
    const kinds = files.map(({ name }) => name.replace(/-[0-9A-Z]{8}\./, '-HASH.'));
    expect(kinds).toEqual(expect.arrayContaining(['handler.mjs', 'guest/guest.mjs']));
    expect(kinds.join()).not.toMatch(/sso|sts-|signin|credential/i);
    for (const kind of kinds)
      expect(kind).toMatch(/^(guest\/)?[\w.-]+\.(mjs|js|wasm|image)$|^playground\/[\w.-]+\.br$/);
  });
});

test('the playground is under 400 KB as browsers get it', () => {
  const page = files.filter(({ name }) => name.startsWith('playground/'));
  expect(page.map(({ name }) => name.replace(/-\w+\./, '-HASH.')).sort()).toEqual([
    'playground/index.html.br',
    'playground/main-HASH.js.br',
    'playground/style-HASH.css.br',
  ]);
  expect(total('bytes', page)).toBeLessThan(400_000);
});
