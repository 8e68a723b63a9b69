/** The pages for readers name what there is: files, headings, settings, error codes. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import {
  batchErrorCodes,
  guestErrorCodes,
  requestErrorCodes,
} from '../../lambda/contract/errors.ts';
import { statusOf } from '../../lambda/contract/status.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const pages = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const sourceFolders = ['lambda', 'build', 'infra', 'test', 'bench', 'examples', 'docs', '.ci'];
const files = [
  ...readdirSync(root),
  ...sourceFolders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (path) => `${folder}/${path}`,
    ),
  ),
];

/** The reader makes these, or the build. */
const madeLater = /^(?:discount\.mjs|text\.mjs|imports\.mjs|dist\/.*|lib\/|cdk\.out\/|\.dist-.*)$/;

/** The text of a page without its blocks of code. */
function prose(page: string): string {
  return read(page).replace(/^```.*?^```/gms, '');
}

/** Where the links of a page lead that stay in the repository. */
function links(page: string): string[] {
  const targets = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Names of files and folders in a page, which may leave out where a path begins. */
function paths(page: string): string[] {
  const spans = [...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return spans.filter((span) => {
    if (!/^[\w.-]+(?:\/[\w.-]+)*\/?$/.test(span) || madeLater.test(span)) return false;
    const [folder = ''] = span.split('/');
    const isBelowSources = span.includes('/') && sourceFolders.includes(folder);
    return isBelowSources || span.endsWith('/') || /\.(?:ts|mjs|md|json|wat|c)$/.test(span);
  });
}

describe.each(pages)('%s', (page) => {
  test('links to what is there', () => {
    const broken = links(page).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(root, join(root, dirname(page), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchors(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('names files and folders that are there', () => {
    const missing = paths(page).filter((path) => {
      const end = `/${path.replace(/\/$/, '')}`;
      return !files.some((file) => `/${file}`.endsWith(end));
    });
    expect(missing).toEqual([]);
  });

  test('names no setting that there is not', () => {
    const named = read(page).match(/\bENGINE_[A-Z_]*[A-Z]\b/g) ?? [];
    expect(named.filter((name) => !variables.has(name))).toEqual([]);
  });
});

const variables = new Set(read('lambda/settings/settings.ts').match(/\bENGINE_[A-Z_]*[A-Z]\b/g));
const settings = read('docs/settings.md');
const { context }: { context: { readonly [key: string]: unknown } } = JSON.parse(read('cdk.json'));

test('the README has fewer than 180 lines', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(180);
});

test('every variable of the engine and every key of the context is documented', () => {
  const names = [...variables, ...Object.keys(context)];
  expect(names.filter((name) => !settings.includes(`\`${name}\``))).toEqual([]);
});

test('documented defaults are those of cdk.json', () => {
  const rows = [...settings.matchAll(/^\| `ENGINE_\w+` \| `(\w+)` \| ([\d,`]+)( MiB)? \|/gm)];
  const documented = rows.map(([, key = '', value = '', mib]) => {
    const list = value.replaceAll('`', '').split(',').map(Number);
    return [key, mib === undefined ? list : list.map((number) => number * 2 ** 20)];
  });
  expect(documented.length).toBeGreaterThan(15);
  expect(documented).toEqual(documented.map(([key]) => [key, [context[String(key)]].flat()]));
});

test('every error code is documented, with its HTTP status', () => {
  const rows = read('docs/api.md').match(/^\| .*`[A-Z_]{4,}`.*$/gm) ?? [];
  const rowOf = (code: string) => rows.find((row) => row.includes(`\`${code}\``)) ?? '';
  expect([...guestErrorCodes, ...batchErrorCodes].filter((code) => rowOf(code) === '')).toEqual([]);
  const wrong = requestErrorCodes.filter(
    (code) => !rowOf(code).startsWith(`| ${statusOf[code]} |`),
  );
  expect(wrong).toEqual([]);
});
