/** Finds tests in a checkout of tc39/test262, with what their headers say. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface LanguageTest {
  /** Path within the checkout. */
  readonly file: string;
  readonly source: string;
  readonly isModule: boolean;
  readonly isAsync: boolean;
  /** Runs alone, without the files of the harness. */
  readonly isRaw: boolean;
  /** Whether to run it as sloppy code, as strict code, or both. */
  readonly modes: readonly Mode[];
  readonly includes: readonly string[];
  /** The error that it has to end with. */
  readonly negative: string | null;
}

export type Mode = 'sloppy' | 'strict';

/**
 * Proposals that Node.js 24 has not got either, and what the engine leaves out on purpose: shared
 * memory, other realms, the calendar types of Temporal.
 */
const skippedFeatures: ReadonlySet<string> = new Set([
  'Atomics.waitAsync',
  'IsHTMLDDA',
  'SharedArrayBuffer',
  'ShadowRealm',
  'Temporal',
  'await-dictionary',
  'canonical-tz',
  'cross-realm',
  'decorators',
  'error-stack-accessor',
  'export-defer',
  'host-gc-required',
  'immutable-arraybuffer',
  'import-bytes',
  'import-defer',
  'import-text',
  'iterator-chunking',
  'iterator-includes',
  'Iterator.prototype.join',
  'joint-iteration',
  'nonextensible-applies-to-private',
  'source-phase-imports',
  'source-phase-imports-module-source',
  'tail-call-optimization',
]);

/**
 * Where the engine is another host than the tests expect: code with `import.meta` or `export` is a
 * module here, not a script that fails; and, as in Node.js, an import attribute other than `type` is rejected.
 */
const skippedFiles: readonly RegExp[] = [
  /^test\/language\/expressions\/import\.meta\/syntax\/goal-script\.js$/,
  /^test\/language\/global-code\/(?:export|import)\.js$/,
  /^test\/language\/module-code\/import-attributes\/import-attribute-(?:key|many|trlng|value)/,
];

/** @param area a folder, or one test, of the checkout's `test` */
export async function findTests(root: string, area: string): Promise<LanguageTest[]> {
  const folder = path.join('test', area);
  const files = area.endsWith('.js')
    ? [folder]
    : (await readdir(path.join(root, folder), { recursive: true }))
        .map((entry) => path.join(folder, entry))
        .filter((file) => file.endsWith('.js') && !file.endsWith('_FIXTURE.js'))
        .sort();
  const tests: LanguageTest[] = [];
  for (const file of files) {
    const test = readTest(file, await readFile(path.join(root, file), 'utf8'));
    if (test !== null) tests.push(test);
  }
  return tests;
}

/** @returns `null` for a test of what is left out */
function readTest(file: string, source: string): LanguageTest | null {
  if (skippedFiles.some((pattern) => pattern.test(file))) return null;
  const header = /\/\*---(.*?)---\*\//s.exec(source)?.[1] ?? '';
  if (listIn(header, 'features').some((feature) => skippedFeatures.has(feature))) return null;
  const flags = new Set(listIn(header, 'flags'));
  if (flags.has('CanBlockIsFalse') || flags.has('non-deterministic')) return null;
  const isModule = flags.has('module');
  const isRaw = flags.has('raw');
  return {
    file,
    source,
    isModule,
    isRaw,
    isAsync: flags.has('async'),
    modes: modesOf(flags),
    includes: listIn(header, 'includes'),
    negative: /^negative:.*?^\s+type: (\w+)/ms.exec(header)?.[1] ?? null,
  };
}

function modesOf(flags: ReadonlySet<string>): readonly Mode[] {
  if (flags.has('module') || flags.has('onlyStrict')) return ['strict'];
  if (flags.has('raw') || flags.has('noStrict')) return ['sloppy'];
  return ['sloppy', 'strict'];
}

/** A list of the header: `name: [a, b]`, or a line for each entry. */
function listIn(header: string, name: string): string[] {
  const inline = new RegExp(`^${name}:\\s*\\[([^\\]]*)\\]`, 'm').exec(header)?.[1];
  if (inline !== undefined)
    return inline
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean);
  const lines = new RegExp(`^${name}:\\s*\\n((?:\\s+- .*\\n)+)`, 'm').exec(header)?.[1] ?? '';
  return [...lines.matchAll(/- (.*)/g)].map(([, entry = '']) => entry.trim());
}
