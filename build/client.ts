/** Builds `lib/client/`, the client that other packages import: one module and its types. */

import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { clientTypes } from './client-types.ts';

const root = new URL('../', import.meta.url);
const output = fileURLToPath(new URL('lib/client', root));

await writeFile(new URL('lambda/client/wire.ts', root), await clientTypes());
await rm(output, { recursive: true, force: true });
await Promise.all([
  build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: ['lambda/client/client.ts'],
    outfile: `${output}/client.mjs`,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'warning',
  }),
  promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('node_modules/typescript/bin/tsc', root)),
    ...['-p', fileURLToPath(new URL('lambda/client', root)), '--outDir', output],
    ...['--noEmit', 'false', '--declaration', '--emitDeclarationOnly'],
  ]),
]);
