/** Builds `lib/`: what other packages and CDK apps import, and the command that people type. */

import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { builtinModules, packageVersion } from './bundling.ts';
import { clientTypes } from './client-types.ts';
import { onlyCommand, onlyMissing, place } from './placement.ts';

const root = new URL('../', import.meta.url);
const finished = new URL('lib/', root);
/** Built beside `lib/` and renamed when complete, as `dist/` is. */
const folder = new URL(`.lib-${process.pid}/`, root);
const lib = fileURLToPath(folder);

const common = {
  absWorkingDir: fileURLToPath(root),
  bundle: true,
  minify: true,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

if (!onlyMissing && !onlyCommand) await Promise.all([writeTypes(), buildConstruct()]);
await Promise.all([
  build({
    ...common,
    entryPoints: ['lambda/client/client.ts'],
    outdir: `${lib}client`,
    platform: 'neutral',
    target: 'es2022',
  }),
  declare('lambda/client', `${lib}client`),
  build({
    ...common,
    entryPoints: ['lambda/cli/main.ts'],
    outdir: `${lib}cli`,
    splitting: true,
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    lineLimit: 600,
    plugins: [builtinModules, packageVersion],
  }),
]);
if (onlyCommand) {
  for (const part of ['cli/', 'client/']) {
    await place(new URL(part, folder), new URL(part, finished));
  }
  await rm(folder, { recursive: true });
} else {
  await place(folder, finished);
}

/** The types of the API, which are committed: who reads the sources sees them. */
async function writeTypes(): Promise<void> {
  const file = new URL('lambda/client/wire.ts', root);
  const types = await clientTypes();
  if (types !== (await readFile(file, 'utf8'))) await writeFile(file, types);
}

/** For apps of CDK, which have CDK; the first call of the command does not wait for it. */
async function buildConstruct(): Promise<void> {
  await build({
    ...common,
    entryPoints: ['infra/script-engine.ts'],
    outdir: `${lib}cdk`,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['aws-cdk-lib', 'constructs'],
  });
  await declare('infra', `${lib}cdk`);
}

/** Writes the types of a folder that has its own tsconfig.json. */
async function declare(project: string, output: string): Promise<void> {
  await promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('node_modules/typescript/bin/tsc', root)),
    ...['-p', fileURLToPath(new URL(project, root)), '--outDir', output],
    ...['--noEmit', 'false', '--declaration', '--emitDeclarationOnly'],
  ]);
}
