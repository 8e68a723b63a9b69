/** Packages that npm has as CommonJS give what they give in Node.js, from their own files. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { codeUrl, type ModuleFiles, runCode } from '../../../support/guest/module-graph.ts';

const packages = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));
const origin = new URL('/', codeUrl).href;

/** The files of packages by URL, as a server of `node_modules` has them. */
function filesOf(names: readonly string[]): ModuleFiles {
  return Object.fromEntries(
    names.flatMap((name) =>
      readdirSync(join(packages, name), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(?:[cm]?js|json)$/.test(path))
        .map((path) => [`/${name}/${path}`, readFileSync(join(packages, name, path), 'utf8')]),
    ),
  );
}

interface PackageCase {
  readonly names: readonly string[];
  /** Their main files. */
  readonly mains: { readonly [name: string]: string };
  readonly code: string;
}

const cases: { readonly [what: string]: PackageCase } = {
  semver: {
    names: ['semver'],
    mains: { semver: 'semver/index.js' },
    code: `const semver = require('semver');
      module.exports = [semver.satisfies('1.2.3', '^1.2.0'), semver.inc('1.2.3', 'minor'),
        semver.sort(['2.0.0', '1.0.0-rc.1', '1.0.0']), Object.keys(semver).length]`,
  },
  ajv: {
    names: ['ajv', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse'],
    mains: {
      ajv: 'ajv/dist/ajv.js',
      'fast-deep-equal': 'fast-deep-equal/index.js',
      'fast-uri': 'fast-uri/index.js',
      'json-schema-traverse': 'json-schema-traverse/index.js',
    },
    code: `const Ajv = require('ajv').default ?? require('ajv');
      const validate = new Ajv({ allErrors: true }).compile({ type: 'object', required: ['id', 'name'],
        properties: { id: { type: 'integer', minimum: 1 }, name: { type: 'string', minLength: 2 } } });
      module.exports = [{ id: 1, name: 'Ada' }, { id: 0, name: 'x' }, {}].map((value) => [validate(value), validate.errors])`,
  },
  acorn: {
    names: ['acorn'],
    mains: { acorn: 'acorn/dist/acorn.js' },
    code: `const { parse } = require('acorn');
      module.exports = parse('let a = (b, ...c) => b?.[c] ?? 1n', { ecmaVersion: 2022 })`,
  },
  picomatch: {
    names: ['picomatch'],
    mains: { picomatch: 'picomatch/index.js' },
    code: `const match = require('picomatch');
      module.exports = ['a/b.js', 'a/c.ts', '.d.js'].map((path) => [match('**/*.js')(path), match('{a,b}/*')(path)])`,
  },
};

function inNode(code: string): unknown {
  const program = `${code};process.stdout.write(JSON.stringify(module.exports, text))
    function text(_, value) { return typeof value === 'bigint' ? String(value) : value }`;
  const options = { cwd: packages, encoding: 'utf8', maxBuffer: 2 ** 24 } as const;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=commonjs', '-e', program], options),
  );
}

describe('a package that is CommonJS', () => {
  test.each(Object.entries(cases))(
    'gives what it gives in Node.js: %s',
    async (_, { names, mains, code }) => {
      const expected = inNode(code);
      const files = filesOf(names);
      const imports = Object.fromEntries(
        Object.entries(mains).map(([name, path]) => [name, origin + path]),
      );
      const textOfBigInts = `${code};module.exports = JSON.parse(JSON.stringify(module.exports, (_, value) => typeof value === 'bigint' ? String(value) : value))`;
      for (let run = 0; run < 5; run++) {
        const { result, error } = await runCode(textOfBigInts, files, { imports });
        expect(error).toBeNull();
        expect(result).toEqual(expected);
      }
    },
  );

  test('is imported by its names', async () => {
    const code = `import semver, { satisfies } from 'semver'; import { parse } from 'acorn';
      export default [satisfies === semver.satisfies, satisfies('1.0.0', '*'), parse('1', { ecmaVersion: 5 }).type]`;
    const imports = { semver: `${origin}semver/index.js`, acorn: `${origin}acorn/dist/acorn.js` };
    const { result, error } = await runCode(code, filesOf(['semver', 'acorn']), { imports });
    expect(error).toBeNull();
    expect(result).toEqual([true, true, 'Program']);
  });
});
