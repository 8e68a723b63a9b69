/** Finds tests in a checkout of web-platform-tests, with the scripts and data that they load. */

import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

export interface WebPlatformTest {
  /** Path within the checkout. */
  readonly file: string;
  /** Query of the URL that the test is run at: a variant of it. */
  readonly variant: string;
  readonly scripts: readonly string[];
  readonly source: string;
  /** Base64 of what the test fetches, by the address that it uses. */
  readonly data: { readonly [address: string]: string };
}

/** Tests that older checkouts have only as pages. */
const tests: { readonly [file: string]: string } = {
  'html/webappapis/structured-clone/structured-clone.any.js': `
// META: script=structured-clone-battery-of-tests.js
// META: script=structured-clone-battery-of-tests-with-transferables.js
// META: script=structured-clone-battery-of-tests-harness.js
runStructuredCloneBatteryOfTests({
  structuredClone: (value, transfer) => self.structuredClone(value, { transfer }),
  hasDocument: false,
});`,
};

/** @param area a folder, or one test, of the checkout */
export async function findTests(root: string, area: string): Promise<WebPlatformTest[]> {
  const files = area.endsWith('.js') ? [area] : await testFiles(root, area);
  const found = await Promise.all(files.map((file) => readTests(root, file)));
  return found.flat();
}

async function testFiles(root: string, area: string): Promise<string[]> {
  const entries = await readdir(path.join(root, area), { recursive: true });
  const files = entries.map((entry) => path.join(area, entry));
  const added = Object.keys(tests).filter((file) => file.startsWith(`${area}/`));
  return [...new Set([...files, ...added])].filter((file) => file.endsWith('.any.js')).sort();
}

async function readTests(root: string, file: string): Promise<WebPlatformTest[]> {
  const isFile = existsSync(path.join(root, file));
  const source = isFile ? await readFile(path.join(root, file), 'utf8') : (tests[file] ?? '');
  const meta = [...source.matchAll(/^\/\/ META: *(\w+)=(.*)$/gm)].map(
    ([, key, value]) => [key, value?.trim() ?? ''] as const,
  );
  const values = (wanted: string): string[] =>
    meta.filter(([key]) => key === wanted).map(([, value]) => value);
  const globals = values('global').join(',');
  // A test for windows or for one kind of worker needs what only that has.
  if (globals !== '' && !/\b(?:worker|dedicatedworker|shadowrealm|shell)\b/.test(globals))
    return [];
  const folder = path.dirname(file);
  const scripts = await Promise.all(
    values('script').map((script) => readFile(resolve(root, folder, script), 'utf8')),
  );
  // Scripts here have no way to ask as a page does.
  if (/\bXMLHttpRequest\b/.test(source)) return [];
  const addresses = addressesIn([source, ...scripts].join('\n'));
  const data = await readData(root, folder, addresses);
  const variants = values('variant');
  return (variants.length === 0 ? [''] : variants).map((variant) => ({
    file,
    variant,
    scripts,
    source,
    data,
  }));
}

function resolve(root: string, folder: string, address: string): string {
  // The tests' own server has it under another name.
  if (address === '/resources/WebIDLParser.js') {
    return path.join(root, 'resources/webidl2/lib/webidl2.js');
  }
  return address.startsWith('/') ? path.join(root, address) : path.join(root, folder, address);
}

/** What a test fetches; `idl_test` fetches a description of each interface it names. */
function addressesIn(source: string): string[] {
  const fetched = source.matchAll(/fetch(?:_json)?\(\s*["'`]([^"'`$]+)["'`]/g);
  const described = [...source.matchAll(/^idl_test\(\s*(\[[^\]]*\])\s*,\s*(\[[^\]]*\])/gm)]
    .flatMap(([, own = '', others = '']) => [...`${own}${others}`.matchAll(/["']([^"']+)["']/g)])
    .map(([, name]) => `/interfaces/${name}.idl`);
  return [...[...fetched].map(([, address = '']) => address), ...described];
}

async function readData(
  root: string,
  folder: string,
  addresses: readonly string[],
): Promise<{ [address: string]: string }> {
  const data: { [address: string]: string } = {};
  for (const address of addresses) {
    const file = resolve(root, folder, address);
    if (existsSync(file) && (await stat(file)).isFile())
      data[address] = await readFile(file, 'base64');
  }
  return data;
}
