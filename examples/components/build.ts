/**
 * Compiles the component examples, with tools that npm installs in a folder of their own beside the
 * temporary files: clang as WebAssembly, and jco, which has wasm-tools and the adapter of preview 1.
 * The results are committed, but for that of componentize-js, which has 12 MB.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installPackages } from '../../test/conformance/packages/installed.ts';

const here = import.meta.dirname;
const modules = join(
  installPackages({ '@bytecodealliance/jco': '1.35.0', '@yowasp/clang': '22.0.0-git20542-10' }),
  'node_modules',
);

interface Jco {
  componentEmbed(options: {
    binary: Uint8Array;
    witSource: string;
    world: string;
  }): Promise<Uint8Array>;
  componentNew(
    binary: Uint8Array,
    adapters: readonly (readonly [string, Uint8Array])[],
  ): Promise<Uint8Array>;
  preview1AdapterCommandPath(): URL;
  preview1AdapterReactorPath(): URL;
}

interface Clang {
  runClang(
    args: readonly string[],
    files: { readonly [name: string]: string },
    options: object,
  ): Promise<{ readonly [name: string]: Uint8Array }>;
}

const load = (path: string): Promise<unknown> => import(pathToFileURL(join(modules, path)).href);
// The packages have no types that are installed here.
const jco = (await load('@bytecodealliance/jco/dist/api.js')) as Jco;
const clang = (await load('@yowasp/clang/gen/bundle.js')) as Clang;

async function compile(source: string, flags: readonly string[]): Promise<Uint8Array> {
  const args = ['clang', '--target=wasm32-wasip1', '-O2', '-s', '-Wall', ...flags];
  const text = readFileSync(source, 'utf8');
  const made = await clang.runClang([...args, 'main.c', '-o', 'main.wasm'], { 'main.c': text }, {});
  const module = made['main.wasm'];
  if (!module) throw new Error(`clang made nothing of ${source}`);
  return module;
}

/** A command: preview 1, and the adapter that makes WASI 0.2 of it. */
const program = await compile(join(here, '../source/wordcount.c'), []);
const commandAdapter = readFileSync(jco.preview1AdapterCommandPath());
writeFileSync(
  join(here, 'wordcount.wasm'),
  await jco.componentNew(program, [['wasi_snapshot_preview1', commandAdapter]]),
);

/** A library: its functions are named and typed by a world of WIT. */
const library = await compile(join(here, 'textstats.c'), ['-mexec-model=reactor']);
const withTypes = await jco.componentEmbed({
  binary: library,
  witSource: readFileSync(join(here, 'textstats.wit'), 'utf8'),
  world: 'textstats',
});
const reactorAdapter = readFileSync(jco.preview1AdapterReactorPath());
writeFileSync(
  join(here, 'textstats.wasm'),
  await jco.componentNew(withTypes, [['wasi_snapshot_preview1', reactorAdapter]]),
);
