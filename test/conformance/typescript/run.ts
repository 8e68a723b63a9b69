/**
 * Runs programs over TypeScript sources in Node.js, which takes the types out by itself, and through
 * `POST /execute`: results must be the same, and failures must have the same places, in the TypeScript.
 */

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { type EngineProcess, startEngine } from '../../support/engine-process.ts';
import type { Outcome } from '../expectations.ts';
import type { TypeScriptProgram } from './programs.ts';
import { sourceFile, startSourceServer } from './source-server.ts';

interface Ending {
  readonly result: unknown;
  readonly error: null | {
    readonly name: string;
    readonly message: string;
    /** Of the frames in the program and in the packages, the innermost first. */
    readonly places: readonly Place[];
  };
}

interface Place {
  /** In the folder of packages, or {@link MAIN}. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** The program itself. */
const MAIN = 'main.ts';

/** @param packages folder of packages by name, such as `node_modules` */
export async function runTypeScript(
  packages: string,
  programs: readonly TypeScriptProgram[],
): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'typescript-sources-'));
  copySources(packages, folder, programs);
  const server = await startSourceServer(folder);
  const engine = await startEngine({ ENGINE_TRUSTED_ORIGINS: server.origin });
  try {
    const outcomes: Outcome[] = [];
    for (const program of programs) {
      const [inEngine, inNode] = await Promise.all([
        endingInEngine(engine, server.origin, folder, program),
        endingInNode(folder, program),
      ]);
      const passed = isSame(folder, program, inEngine, inNode);
      const message = passed
        ? ''
        : `engine ${JSON.stringify(inEngine)}\nNode.js ${JSON.stringify(inNode)}`;
      outcomes.push({ file: program.name, name: 'as in Node.js', passed, message });
    }
    return outcomes;
  } finally {
    await engine.stop();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether two endings are the same. @param folder of the sources */
function isSame(
  folder: string,
  { code }: TypeScriptProgram,
  engine: Ending,
  node: Ending,
): boolean {
  const { places: ours = [], ...error } = engine.error ?? {};
  const { places: theirs = [], ...expected } = node.error ?? {};
  return (
    isDeepStrictEqual([engine.result, error], [node.result, expected]) &&
    ours.length === theirs.length &&
    ours.every((our, index) => {
      const their = theirs[index];
      if (their === undefined || our.path !== their.path || our.line !== their.line) return false;
      if (our.column === their.column) return true;
      const source = our.path === MAIN ? code : readFileSync(join(folder, our.path), 'utf8');
      const text = source.split('\n')[our.line - 1] ?? '';
      // In QuickJS a call's column is that of its parenthesis, or of `return` where the call is returned.
      return our.column > their.column
        ? text[our.column - 1] === '('
        : text.startsWith('return ', our.column - 1);
    })
  );
}

/** Node.js takes no types out of what is in a folder `node_modules`. */
function copySources(
  packages: string,
  folder: string,
  programs: readonly TypeScriptProgram[],
): void {
  const roots = programs
    .flatMap(({ imports }) => Object.values(imports))
    .map((path) => path.split('/', path.startsWith('@') ? 3 : 2).join('/'));
  for (const root of new Set(roots)) {
    cpSync(join(packages, root), join(folder, root), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
}

async function endingInEngine(
  engine: EngineProcess,
  origin: string,
  folder: string,
  { code, imports }: TypeScriptProgram,
): Promise<Ending> {
  const map = Object.entries(imports).map(([name, path]) => [name, `${origin}/${path}`]);
  const limits = { timeoutMs: 25_000, imports: { maxModules: 500 } };
  const { text: body } = await engine.execute({
    code,
    type: 'typescript',
    imports: Object.fromEntries(map),
    limits,
  });
  const { result, error } = JSON.parse(body) as {
    readonly result: unknown;
    readonly error: { name: string; message: string; stack: string | null } | null;
  };
  const places = placesOf(error?.stack ?? null, (file) => {
    if (file === `inline:///${MAIN}`) return MAIN;
    if (!file.startsWith(origin)) return null;
    return relative(folder, sourceFile(join(folder, file.slice(origin.length))) ?? file);
  });
  return { result, error: error && { ...named(error), places } };
}

const main = `
  let ending;
  try {
    const value = (await import(process.argv[1])).default;
    ending = { result: (await (typeof value === 'function' ? value(undefined) : value)) ?? null };
  } catch ({ name, message, stack }) {
    ending = { result: null, error: { name, message, stack } };
  }
  process.stdout.write(JSON.stringify(ending));`;

async function endingInNode(folder: string, { code, imports }: TypeScriptProgram): Promise<Ending> {
  const own = mkdtempSync(join(folder, 'program-'));
  const path = join(own, MAIN);
  writeFileSync(path, code);
  const root = pathToFileURL(`${folder}/`).href;
  const map = Object.entries(imports).map(([name, file]) => [name, root + file]);
  const hooks = fileURLToPath(new URL('node-hooks.mjs', import.meta.url));
  const node = spawn(
    process.execPath,
    [
      '--experimental-transform-types',
      '--enable-source-maps',
      '--disable-warning=ExperimentalWarning',
      `--import=${pathToFileURL(hooks).href}`,
      '--input-type=module',
      '-e',
      main,
      pathToFileURL(path).href,
    ],
    {
      env: { TZ: 'UTC', LANG: 'en_US.UTF-8', IMPORT_MAP: JSON.stringify(Object.fromEntries(map)) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [output, complaints] = await Promise.all([text(node.stdout), text(node.stderr)]);
  if (output === '') throw new Error(`In Node.js: ${complaints.slice(-1000)}`);
  const { result, error } = JSON.parse(output);
  const places = placesOf(error?.stack ?? null, (file) => {
    const found = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (found === path) return MAIN;
    return found.startsWith(folder) ? relative(folder, found) : null;
  });
  return { result, error: error && { ...named(error), places } };
}

function named({ name, message }: { readonly name: string; readonly message: string }) {
  return { name, message };
}

/** @param pathOf where a file of a frame is; `null` where it is none of the sources */
function placesOf(stack: string | null, pathOf: (file: string) => string | null): Place[] {
  const frames = stack?.matchAll(/^ {4}at (?:.*\()?([^()\s]+):(\d+):(\d+)\)?$/gm) ?? [];
  return [...frames].flatMap(([, file = '', line, column]) => {
    const path = pathOf(file);
    return path === null ? [] : [{ path, line: Number(line), column: Number(column) }];
  });
}
