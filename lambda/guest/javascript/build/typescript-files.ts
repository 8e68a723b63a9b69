/**
 * What takes types out of TypeScript, as files of its own: amaro, which is Node.js's own, has its
 * WebAssembly as a text of 3.7 MB within its JavaScript, and makes one instance for ever. Read as a
 * file the binary is there in a tenth of the time, and every source gets an instance of its own.
 */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface TypeScriptFiles {
  /** Exports `createTransformer`; see `typescript/transformer.ts`. */
  readonly script: string;
  readonly wasm: Uint8Array<ArrayBuffer>;
}

const binaryText = /\bvar bytes = \w+\.from\("([\w+/=]+)", "base64"\);/;
const builtin = /\brequire\(("(?:node:)?\w+")\)/g;
const compilation = 'new WebAssembly.Module(bytes)';

/** @throws {Error} where the package is not as expected */
export async function typeScriptFiles(): Promise<TypeScriptFiles> {
  const file = new URL('internal.js', import.meta.resolve('amaro'));
  const shipped = await readFile(file, 'utf8');
  const [declaration, base64] = binaryText.exec(shipped) ?? [];
  if (declaration === undefined || base64 === undefined || !shipped.includes(compilation)) {
    throw new Error('amaro does not hold its binary as expected.');
  }
  const source = shipped
    .replace(declaration, '')
    .replace(compilation, 'givenModule')
    .replace(builtin, 'process.getBuiltinModule($1)');
  const { outputFiles } = await build({
    stdin: {
      contents: `export function createTransformer(givenModule) {
        const module = { exports: {} };
        ((exports) => { ${source}\n })(module.exports);
        return module.exports;
      }`,
      resolveDir: fileURLToPath(new URL('./', file)),
    },
    bundle: true,
    minify: true,
    legalComments: 'none',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    write: false,
    logLevel: 'warning',
  });
  const script = outputFiles[0]?.text ?? '';
  return { script, wasm: Uint8Array.from(Buffer.from(base64, 'base64')) };
}
