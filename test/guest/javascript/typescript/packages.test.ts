/** TypeScript that others publish gives what Node.js gives for the JavaScript which they made of it. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { codeUrl, type ModuleFile, runCode } from '../../../support/guest/module-graph.ts';

const packages = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));

/** The sources of a folder by URL, as a server has them that knows TypeScript. */
function sourcesOf(folder: string, extension: string): Record<string, ModuleFile> {
  const root = join(packages, folder);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith('.ts') && !name.includes('tests/'))
      .map((name) => [
        `/${folder}/${name.replace(/\.ts$/, extension)}`,
        { source: readFileSync(join(root, name), 'utf8'), contentType: 'application/typescript' },
      ]),
  );
}

/** What Node.js gives for a module, whose imports it finds among the packages. */
function resultInNode(code: string): unknown {
  const print = code.replace('export default', 'const result =');
  const program = `${print}\nprocess.stdout.write(JSON.stringify(result));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: packages,
      encoding: 'utf8',
    }),
  );
}

interface TypedPackage {
  readonly files: { readonly [url: string]: ModuleFile };
  readonly imports: { readonly [specifier: string]: string };
  readonly code: string;
}

const origin = new URL('/', codeUrl).href;

const cases: Readonly<Record<string, TypedPackage>> = {
  '@noble/hashes': {
    files: sourcesOf('@noble/hashes/src', '.ts'),
    imports: Object.fromEntries(
      [
        'sha2',
        'sha3',
        'sha1',
        'blake2',
        'blake3',
        'hmac',
        'hkdf',
        'pbkdf2',
        'scrypt',
        'ripemd160',
        'crypto',
        'utils',
      ].map((name) => [`@noble/hashes/${name}`, `${origin}@noble/hashes/src/${name}.ts`]),
    ),
    code: `
      import { sha256, sha512 } from '@noble/hashes/sha2';
      import { sha3_256, keccak_512 } from '@noble/hashes/sha3';
      import { ripemd160 } from '@noble/hashes/ripemd160';
      import { blake2b } from '@noble/hashes/blake2';
      import { blake3 } from '@noble/hashes/blake3';
      import { hmac } from '@noble/hashes/hmac';
      import { hkdf } from '@noble/hashes/hkdf';
      import { pbkdf2 } from '@noble/hashes/pbkdf2';
      import { scrypt } from '@noble/hashes/scrypt';
      import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
      const text = utf8ToBytes('text ü');
      const failure = (() => { try { sha256(5) } catch (error) { return String(error) } })();
      export default [
        ...[sha256, sha512, sha3_256, keccak_512, ripemd160, blake2b, blake3].map((hash) => hash(text)),
        hmac(sha256, text, text),
        hkdf(sha256, text, text, text, 32),
        pbkdf2(sha256, text, text, { c: 3, dkLen: 32 }),
        scrypt(text, text, { N: 16, r: 1, p: 1, dkLen: 32 }),
      ].map(bytesToHex).concat(failure);`,
  },
  zod: {
    files: sourcesOf('zod/src', '.js'),
    imports: { zod: `${origin}zod/src/index.js` },
    code: `
      import * as z from 'zod';
      const schema = z.object({
        name: z.string().min(2), email: z.email(), tags: z.array(z.enum(['a', 'b'])).default([]),
        when: z.iso.datetime(), nested: z.union([z.number(), z.record(z.string(), z.boolean())]),
      });
      const good = { name: 'Ada', email: 'a@b.example', when: '2026-01-01T00:00:00Z', nested: { x: true } };
      export default [
        schema.parse(good),
        schema.safeParse({ ...good, name: 'A', email: '-', tags: ['c'] }).error.issues,
        z.toJSONSchema(schema),
        z.prettifyError(schema.safeParse({}).error),
      ];`,
  },
};

describe('the sources of a package', () => {
  test.each(Object.entries(cases))('%s', async (_name, { files, imports, code }) => {
    const { result, error } = await runCode(code, files, { imports });
    expect(error).toBeNull();
    expect(result).toEqual(resultInNode(code));
    // From what is kept.
    expect((await runCode(code, files, { imports })).result).toEqual(result);
  });

  test('have errors at their own lines', async () => {
    const { files, imports } = cases['@noble/hashes'] as TypedPackage;
    const code = `import { sha256 } from '@noble/hashes/sha2';\nsha256(5);`;
    const { error } = await runCode(code, files, { imports });
    const url = `${origin}@noble/hashes/src/utils.ts`;
    const source = String(files['/@noble/hashes/src/utils.ts']?.source).split('\n');
    const [, file, line, column] =
      /^ {4}at .*?(https:[^\s()]+):(\d+):(\d+)/m.exec(error?.stack ?? '') ?? [];
    expect(file).toBe(url);
    const text = source[Number(line) - 1];
    // QuickJS points at the call of the constructor.
    expect(text?.slice(0, Number(column) - 1)).toMatch(/throw new Error$/);
    expect(text).toContain(error?.message.slice(0, 20));
    // A package is not the code's own: the error's place is the call.
    expect(error?.details).toMatchObject({ url: `${origin}app/main.js`, line: 2 });
  });
});
