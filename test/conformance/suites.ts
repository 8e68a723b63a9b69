/** The suites: what is run of each, and where. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runComponentized } from './componentized/run.ts';
import { runComponents } from './components/run.ts';
import type { Outcome } from './expectations.ts';
import { installPackages } from './packages/installed.ts';
import { runPackages } from './packages/run.ts';
import { languageRealms, runLanguageAreas } from './test262/run.ts';
import {
  installedPrograms,
  ownPrograms,
  sourcePackages,
  type TypeScriptProgram,
} from './typescript/programs.ts';
import { runTypeScript } from './typescript/run.ts';
import { runWasi } from './wasi.ts';
import { type Evaluate, runArea } from './wpt.ts';

/**
 * What the engine claims of the web platform. Left out: what needs the tests' own server, pages or
 * workers, and of WebCryptoAPI what derives or generates keys for minutes.
 */
const WPT_AREAS: readonly string[] = [
  'FileAPI',
  'WebCryptoAPI/derive_bits_keys/ecdh_bits.https.any.js',
  'WebCryptoAPI/derive_bits_keys/ecdh_keys.https.any.js',
  'WebCryptoAPI/derive_bits_keys/hkdf.https.any.js',
  'WebCryptoAPI/digest',
  'WebCryptoAPI/encrypt_decrypt',
  'WebCryptoAPI/import_export',
  'WebCryptoAPI/sign_verify',
  'WebCryptoAPI/wrapKey_unwrapKey',
  'compression',
  'console',
  'dom/abort',
  'dom/events',
  'encoding',
  'fetch/api/body',
  'fetch/api/headers',
  'fetch/api/request',
  'fetch/api/response',
  'fetch/data-urls',
  'hr-time',
  'html/webappapis/atob',
  'html/webappapis/microtask-queuing',
  'html/webappapis/scripting/reporterror.any.js',
  'html/webappapis/structured-clone',
  'html/webappapis/timers',
  'mimesniff',
  'performance-timeline',
  'streams',
  'url',
  'urlpattern',
  'user-timing',
  'webidl',
  'xhr/formdata',
];

export interface Suite {
  /** Whether it is run from a checkout elsewhere. */
  readonly needsFolder: boolean;
  /** @param area the only one to run; all are where it is left out */
  run(folder: string, evaluate: Evaluate, area?: string): Promise<Outcome[]>;
}

/** tc39/test262: also in QuickJS as it is shipped, to compare with. */
export const languageSuite = (realm: string): Suite => ({
  needsFolder: true,
  run(folder, _, area) {
    const run = languageRealms[realm];
    if (run === undefined) throw new Error(`test262 has no realm "${realm}".`);
    return runLanguageAreas(folder, area, run);
  },
});

const packages = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const own = fileURLToPath(new URL('own/', import.meta.url));

export const suites: { readonly [name: string]: Suite } = {
  /** web-platform-tests/wpt. */
  wpt: {
    needsFolder: true,
    run: (folder, evaluate, area) =>
      runAreas(folder, area === undefined ? WPT_AREAS : [area], evaluate),
  },
  /** WebAssembly/wasi-testsuite, branch `prod/testsuite-all`. */
  wasi: { needsFolder: true, run: (folder) => runWasi(folder) },
  /** WebAssembly/component-model. */
  components: {
    needsFolder: true,
    run: (folder, _evaluate, area) => runComponents(folder, area),
  },
  /** A component of componentize-js: it gives what it gives in jco. */
  componentized: { needsFolder: false, run: () => runComponentized() },
  test262: languageSuite('engine'),
  /** Packages that many use, each with a program: bundled, they give what they give in Node.js. */
  packages: { needsFolder: false, run: (_folder, _evaluate, area) => runPackages(area) },
  /** The TypeScript that packages ship, with programs in TypeScript: as in Node.js, places included. */
  typescript: {
    needsFolder: false,
    run: async (_folder, _evaluate, area = '') => {
      const isWanted = ({ name }: TypeScriptProgram): boolean => name.startsWith(area);
      const installed = join(installPackages(sourcePackages), 'node_modules');
      return [
        ...(await runTypeScript(packages, ownPrograms.filter(isWanted))),
        ...(await runTypeScript(installed, installedPrograms.filter(isWanted))),
      ];
    },
  },
  /** A few programs of this repository in the formats of both: part of `npm test`. */
  own: {
    needsFolder: false,
    run: async (_, evaluate) => [
      ...(await runAreas(`${own}web`, ['.'], evaluate)),
      ...(await runWasi(`${own}wasi`)),
    ],
  },
};

async function runAreas(
  root: string,
  areas: readonly string[],
  evaluate: Evaluate,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const area of areas) outcomes.push(...(await runArea(root, area, evaluate)));
  return outcomes;
}
