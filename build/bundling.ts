/**
 * Keeps out of the bundles what nothing uses, as a cold start loads all that is in them. The figures
 * are CPU time of a machine on which an empty Node.js takes 35 ms to start.
 */

import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Takes Node.js's own modules without `import`. At the first `import` of one, in whatever file,
 * Node.js reads all of its properties, and many of them load further parts: `node:http` a client of
 * WebSocket and `fetch` (30 ms), `node:util` half of the rest (10 ms).
 */
export const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup(build) {
    build.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path) || kind === 'dynamic-import') return null;
      const namespace = kind === 'require-call' ? 'required-builtin' : 'imported-builtin';
      return { path: path.replace(/^(node:)?/, 'node:'), namespace, sideEffects: false };
    });
    build.onLoad({ filter: /^/, namespace: 'required-builtin' }, ({ path }) => ({
      contents: `module.exports = ${builtin(path)};`,
    }));
    build.onLoad({ filter: /^/, namespace: 'imported-builtin' }, async ({ path }) => ({
      contents: importedBuiltin(path, await import(path)),
    }));
  },
};

/** Functions load the module when they are called; whatever else is imported, at once. */
function importedBuiltin(name: string, exported: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exported).filter((name) => name !== 'default');
  return [
    'let loaded;',
    `const load = () => (loaded ??= ${builtin(name)});`,
    'export default /* @__PURE__ */ load();',
    ...names.map((name) =>
      isPlainFunction(exported[name])
        ? `export const ${name} = (...args) => load().${name}(...args);`
        : `export const ${name} = /* @__PURE__ */ (() => load().${name})();`,
    ),
  ].join('\n');
}

/** Whether code can do nothing with it but call it. */
function isPlainFunction(value: unknown): boolean {
  if (typeof value !== 'function' || !/^[a-z]/.test(value.name)) return false;
  return Reflect.ownKeys(value).every((key) =>
    ['length', 'name', 'prototype'].includes(String(key)),
  );
}

function builtin(name: string): string {
  return `process.getBuiltinModule(${JSON.stringify(name)})`;
}

/** The parts of undici that the egress layer uses; its index loads all of it, for 30 ms. */
const undiciExports = `
  export { default as Agent } from './lib/dispatcher/agent.js';
  export { default as Client } from './lib/dispatcher/client.js';
  export { default as Pool } from './lib/dispatcher/pool.js';
  export { default as buildConnector } from './lib/core/connect.js';
  import cache from './lib/interceptor/cache.js';
  import MemoryCacheStore from './lib/cache/memory-cache-store.js';
  export const interceptors = { cache };
  export const cacheStores = { MemoryCacheStore };
`;

/** A name or a path that is missing here stops the build. */
export const undiciParts: Plugin = {
  name: 'undici-parts',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === 'index') return null;
      const index = await build.resolve(path, { resolveDir, kind, pluginData: 'index' });
      return { ...index, namespace: 'undici-parts' };
    });
    build.onLoad({ filter: /^/, namespace: 'undici-parts' }, ({ path }) => ({
      contents: undiciExports,
      resolveDir: dirname(path),
    }));
  },
};

/** How undici knows that it is bundled, as in Node.js itself: without its second, experimental parser. */
export const handlerGlobals = { esbuildDetection: 'true' };

/**
 * Globals that a sandbox does without. `@wasmer/wasi` and Emscripten ask whether there are any,
 * at which Node.js would load its HTTP client (30 ms).
 */
export const guestGlobals = {
  Request: 'undefined',
  Response: 'undefined',
  'globalThis.navigator': 'undefined',
};
