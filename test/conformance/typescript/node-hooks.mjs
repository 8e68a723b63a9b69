/** In Node.js: bare names by a map, and imports of TypeScript as compilers find them. */

import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sourceFile } from './source-server.ts';

const map = JSON.parse(process.env.IMPORT_MAP ?? '{}');

registerHooks({
  resolve(specifier, context, next) {
    const mapped = map[specifier] ?? specifier;
    if (!/^(?:\.{0,2}\/|file:)/.test(mapped)) return next(mapped, context);
    const file = sourceFile(fileURLToPath(new URL(mapped, context.parentURL)));
    if (file === null) return next(mapped, context);
    const format = file.endsWith('ts') ? 'module-typescript' : 'module';
    return { url: pathToFileURL(file).href, format, shortCircuit: true };
  },
});
