/** The modules that a file imports by relative path: the request takes them with it. */

import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { init, parse } from 'es-module-lexer';
import { UsageError } from './arguments.ts';
import { textOf } from './text.ts';

interface Importer {
  readonly file: string;
  /** In the engine: `inline:///main.js`, and from there as its imports say. */
  readonly url: string;
  readonly text: string;
}

const SOURCE = /\.(?:[cm]?[jt]s|json)$/i;
const REQUIRE = /\brequire\s*\(\s*(['"])(\.{1,2}\/[^'"\n]+)\1\s*\)/g;

export interface Modules {
  /** Texts, by path below `inline:///`. */
  readonly modules: Readonly<Record<string, string>>;
  /** All files, the first one included: what `--watch` looks at. */
  readonly files: readonly string[];
}

/**
 * Follows static imports, `import()` of literals, and `require` of literals. The code is not trusted:
 * only files of its own project are given to it, none that is hidden, and none behind a link that
 * leads elsewhere. Any other, and one that does not exist, is left to the engine, which names
 * importer and line.
 * @throws {UsageError} two files would have the same URL; one is not UTF-8
 */
export async function modulesOf(main: Importer): Promise<Modules> {
  await init;
  const files = new Map<string, string>([[main.url, main.file]]);
  const modules: Record<string, string> = {};
  const queue = [main];
  let project: string | null = null;
  for (let importer = queue.shift(); importer !== undefined; importer = queue.shift()) {
    for (const specifier of relativeSpecifiers(importer.text)) {
      const url = new URL(specifier, importer.url).href.replace(/[?#].*$/, '');
      const file = resolve(dirname(importer.file), decoded(specifier.replace(/[?#].*$/, '')));
      const known = files.get(url);
      if (known === file || !SOURCE.test(file)) continue;
      project ??= await realpath(projectOf(main.file));
      const text = await textIn(project, file);
      if (text === null) continue;
      if (known !== undefined) {
        throw new UsageError(
          `${known} and ${file} would both be ${url}: run a file that lies above both`,
        );
      }
      files.set(url, file);
      modules[decoded(new URL(url).pathname.slice(1))] = text;
      queue.push({ file, url, text });
    }
  }
  return { modules, files: [...files.values()] };
}

/** The folder of the nearest `package.json`, as Node.js has it; else the file's own. */
function projectOf(file: string): string {
  const own = dirname(file);
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return own;
  }
}

async function textIn(project: string, file: string): Promise<string | null> {
  let bytes: Buffer;
  try {
    const path = relative(project, await realpath(file));
    if (path.split(sep).some((part) => part.startsWith('.'))) return null;
    bytes = await readFile(join(project, path));
  } catch {
    return null;
  }
  return textOf(relativePath(file), bytes);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function relativeSpecifiers(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, , specifier] of text.matchAll(REQUIRE)) if (specifier) found.add(specifier);
  try {
    for (const entry of parse(text)[0]) {
      const isType = 'typeOnly' in entry && entry.typeOnly;
      const isPattern = 'glob' in entry && entry.glob;
      if (isType || isPattern || !('specifier' in entry)) continue;
      if (/^\.{1,2}\//.test(entry.specifier ?? '')) found.add(entry.specifier ?? '');
    }
  } catch {
    // A mistake of syntax, which the engine reports with its place.
  }
  return found;
}

/** For messages: `src/rules.ts` in the place of `inline:///main.ts`. */
export function relativePath(file: string, folder = process.cwd()): string {
  const [from, to] = [pathToFileURL(`${folder}/`).href, pathToFileURL(file).href];
  return to.startsWith(from) ? decodeURIComponent(to.slice(from.length)) : fileURLToPath(to);
}
