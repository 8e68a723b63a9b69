/** Every rule of `.dependency-cruiser.mjs` catches the import that it is there for. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const prelude = 'lambda/guest/javascript/prelude';

/** Importing file, imported module, and the rule that this breaks; `null`: it is as it should be. */
const imports: readonly (readonly [from: string, to: string, rule: string | null])[] = [
  ['lambda/contract/errors.ts', 'lambda/engine/engine.ts', 'ground-stands-alone'],
  ['lambda/settings/settings.ts', 'lambda/contract/errors.ts', 'ground-stands-alone'],
  [
    'lambda/guest/wasm-binary/reader.ts',
    'lambda/guest/runtime/run.ts',
    'binary-format-imports-contract-only',
  ],
  ['lambda/guest/javascript/bridge/text.ts', 'lambda/guest/registry.ts', 'ground-stands-alone'],
  ['lambda/sandbox/pool.ts', 'lambda/guest/process.ts', 'host-without-guest'],
  ['lambda/service.ts', 'lambda/guest/registry.ts', 'host-without-guest'],
  ['infra/stack.ts', 'lambda/guest/registry.ts', 'host-without-guest'],
  ['lambda/guest/webassembly/env.ts', 'lambda/egress/session.ts', 'guest-imports-contract-only'],
  ['lambda/guest/process.ts', 'lambda/settings/settings.ts', 'guest-imports-contract-only'],
  ['lambda/guest/process.ts', 'lambda/handler.ts', 'guest-imports-contract-only'],
  ['lambda/guest/javascript/run/run.ts', `${prelude}/main.ts`, 'process-without-realm'],
  [`${prelude}/url/url.ts`, 'lambda/guest/javascript/machine/realm.ts', 'realm-without-process'],
  [`${prelude}/url/url.ts`, 'node:url', 'realm-without-node'],
  ['lambda/client/client.ts', 'lambda/contract/errors.ts', 'client-stands-alone'],
  ['lambda/client/client.ts', 'node:http', 'client-without-packages'],
  ['lambda/local/server.ts', 'lambda/cli/main.ts', 'command-on-top'],
  ['lambda/playground/page.ts', 'lambda/contract/errors.ts', 'page-imports-client-only'],
  ['lambda/playground/page.ts', 'node:url', 'page-without-node'],
  ['lambda/api/routes.ts', 'lambda/playground/page.ts', 'host-without-page'],
  ['build/build.ts', 'lambda/playground/page.ts', 'host-without-page'],
  ['lambda/playground/page.ts', 'lambda/client/client.ts', null],
  ['lambda/engine/engine.ts', 'build/build.ts', 'build-steps-for-the-build'],
  [
    'lambda/guest/javascript/runtime.ts',
    'lambda/guest/javascript/build/image-build.ts',
    'build-steps-for-the-build',
  ],
  ['lambda/engine/engine.ts', 'lambda/contract/errors.ts', null],
  ['lambda/guest/process.ts', 'lambda/contract/errors.ts', null],
  [`${prelude}/url/url.ts`, 'lambda/guest/javascript/bridge/text.ts', null],
  ['lambda/local/demo.ts', 'lambda/client/client.ts', null],
  ['lambda/cli/main.ts', 'lambda/client/client.ts', null],
  ['build/build.ts', 'lambda/guest/javascript/build/image-build.ts', null],
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imports-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** @returns `rule: importing file` of each import that breaks a rule */
function violations(): string[] {
  const report = execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/.bin/depcruise'),
      '--config',
      join(root, '.dependency-cruiser.mjs'),
      '--output-type',
      'json',
      '.',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  const { summary } = JSON.parse(report) as {
    summary: { violations: { rule: { name: string }; from: string }[] };
  };
  return summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}

/** Files with a number each, so that the imports of one do not meet those of another. */
function numbered(path: string, number: number): string {
  return path.startsWith('node:') ? path : path.replace(/\.ts$/, `-${number}.ts`);
}

test('each import that breaks a rule is reported, by that rule', () => {
  const expected: string[] = [];
  for (const [number, [from, to, rule]] of imports.entries()) {
    const importing = numbered(from, number);
    const imported = numbered(to, number);
    const specifier = to.startsWith('node:')
      ? to
      : `${'../'.repeat(importing.split('/').length - 1)}${imported}`;
    write(importing, `import type { A } from '${specifier}';\nexport type B = A;\n`);
    if (!to.startsWith('node:')) write(imported, 'export type A = 1;\n');
    if (rule !== null) expected.push(`${rule}: ${importing}`);
  }
  const found = violations().filter((line) => !line.startsWith('no-cycle'));
  expect(found.sort()).toEqual(expected.sort());
});

test('files and folders that import each other are reported, types included', () => {
  write('lambda/api/a.ts', "import type { B } from './b.ts';\nexport type A = B;\n");
  write('lambda/api/b.ts', "import type { A } from './a.ts';\nexport type B = A | 1;\n");
  write('lambda/engine/a.ts', "import { b } from '../egress/b.ts';\nexport const a = b;\n");
  write('lambda/engine/c.ts', 'export const c = 1;\n');
  write('lambda/egress/b.ts', 'export const b = 1;\n');
  write('lambda/egress/d.ts', "import { c } from '../engine/c.ts';\nexport const d = c;\n");
  expect([...new Set(violations())].sort()).toEqual([
    'no-cycle-of-files: lambda/api/a.ts',
    'no-cycle-of-folders: lambda/egress',
    'no-cycle-of-folders: lambda/engine',
  ]);
});

test('no rule is without an import that breaks it', async () => {
  const path = join(root, '.dependency-cruiser.mjs');
  const config = (await import(path)) as { default: { forbidden: { name: string }[] } };
  const broken = new Set(imports.map(([, , rule]) => rule));
  const rules = config.default.forbidden
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('no-cycle'));
  expect(rules.filter((name) => !broken.has(name))).toEqual([]);
});
