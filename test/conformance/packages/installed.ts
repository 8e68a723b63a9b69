/**
 * Packages that suites use. They are no dependencies: npm installs them once, in a folder beside the
 * temporary files.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Pinned, so that results can be compared. */
export const programPackages = {
  '@babel/standalone': '8.0.6',
  '@js-temporal/polyfill': '0.5.1',
  '@supabase/supabase-js': '2.119.1',
  ajv: '8.20.0',
  axios: '1.21.1',
  cheerio: '1.2.0',
  'd3-scale': '4.0.3',
  effect: '4.1.0',
  ejs: '7.0.2',
  graphql: '17.1.0',
  'highlight.js': '11.12.0',
  hono: '4.13.19',
  'itty-router': '5.0.24',
  jszip: '3.10.2',
  katex: '0.19.1',
  ky: '2.1.0',
  linkedom: '0.18.15',
  liquidjs: '10.30.1',
  'markdown-it': '15.0.3',
  nunjucks: '3.2.4',
  openai: '7.59.0',
  'pdf-lib': '1.17.1',
  react: '19.3.1',
  'react-dom': '19.3.1',
  sucrase: '3.35.1',
  svgo: '4.1.0',
  typescript: '5.9.3',
  // The last one that is written in JavaScript.
  'typescript-6': 'npm:typescript@6.0.3',
  valibot: '1.5.0',
  xlsx: '0.18.5',
  xstate: '5.33.3',
  zod: '4.6.7',
};

/**
 * Installs what is not there yet.
 * @param packages pinned versions by name
 * @returns the folder whose `node_modules` has the packages
 */
export function installPackages(packages: { readonly [name: string]: string }): string {
  const manifest = JSON.stringify({ private: true, dependencies: packages });
  const name = createHash('sha256').update(manifest).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `script-engine-packages-${name}`);
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), manifest);
  const options = ['--silent', '--no-audit', '--no-fund', '--ignore-scripts'];
  execFileSync('npm', ['install', ...options], { cwd: folder, stdio: 'inherit' });
  return folder;
}
