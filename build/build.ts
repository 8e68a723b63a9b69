/**
 * Builds `dist/`: exactly what is deployed to Lambda, with nothing needed beside it. The handler
 * is at its top; `dist/guest/` is all that a sandbox process may read, `dist/playground/` what a browser gets.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { buildImage } from '../lambda/guest/javascript/build/image-build.ts';
import { exportInterpreter } from '../lambda/guest/javascript/build/interpreter.ts';
import { bundlePrelude } from '../lambda/guest/javascript/build/prelude-bundle.ts';
import { typeScriptFiles } from '../lambda/guest/javascript/build/typescript-files.ts';
import { encodeMachine } from '../lambda/guest/javascript/machine/memory/image-file.ts';
import { scriptFile, wasmFile } from '../lambda/guest/javascript/typescript/transformer.ts';
import {
  awsCredentials,
  builtinModules,
  guestGlobals,
  handlerGlobals,
  packageVersion,
  undiciParts,
} from './bundling.ts';
import { place } from './placement.ts';
import { buildPlayground } from './playground.ts';
import { preparedQuickJs } from './prepared-quickjs.ts';

const root = new URL('../', import.meta.url);
const finished = new URL('dist/', root);
/** Built beside `dist/` and renamed when complete, so that nobody runs half a build. */
const dist = new URL(`.dist-${process.pid}/`, root);
const guest = new URL('guest/', dist);
const playground = new URL('playground/', dist);

const common = {
  absWorkingDir: fileURLToPath(root),
  bundle: true,
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

for (const folder of [guest, playground]) await mkdir(folder, { recursive: true });
await Promise.all([
  bundleForNode(
    { handler: 'lambda/handler.ts', stream: 'lambda/stream.ts', command: 'lambda/command.ts' },
    dist,
    // Node.js shows the whole line of an error that nobody catches.
    { define: handlerGlobals, lineLimit: 600 },
  ),
  bundleForNode(
    { guest: 'lambda/guest/process.ts', parser: 'lambda/guest/javascript/source/mend-source.ts' },
    guest,
    { define: guestGlobals },
  ),
  buildRealm(),
  buildTypeScript(),
  buildPlayground(playground, common),
]);
await place(dist, finished);

/** Code for Node.js: parts that are imported dynamically become files of their own. */
async function bundleForNode(
  entryPoints: Readonly<Record<string, string>>,
  folder: URL,
  options: Pick<BuildOptions, 'define' | 'lineLimit'>,
): Promise<void> {
  await build({
    ...common,
    entryPoints: { ...entryPoints },
    outdir: fileURLToPath(folder),
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    plugins: [undiciParts, awsCredentials, builtinModules, packageVersion],
    ...options,
  });
}

/** QuickJS's binary, and the image of a realm in which the prelude has been evaluated. */
async function buildRealm(): Promise<void> {
  const binary = exportInterpreter(await preparedQuickJs());
  const image = await buildImage(new WebAssembly.Module(binary), await bundlePrelude());
  await writeFile(new URL('quickjs.image', guest), encodeMachine({ binary, image }));
}

/** What takes types out of TypeScript, which the sandbox process loads when code needs it. */
async function buildTypeScript(): Promise<void> {
  const { script, wasm } = await typeScriptFiles();
  await writeFile(new URL(scriptFile, guest), script);
  await writeFile(new URL(wasmFile, guest), wasm);
}
