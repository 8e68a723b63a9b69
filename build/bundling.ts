/**
 * Keeps out of the bundles what nothing uses, as a cold start loads all that is in them. The figures
 * are CPU time of a machine on which an empty Node.js takes 35 ms to start.
 */

import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Takes Node.js's own modules without `import`. At the first `import` of one, in whatever file,
 * Node.js reads all of its properties, and many of them load further parts: `node:http` a client of
 * WebSocket and `fetch` (30 ms), `node:util` half of the rest (10 ms).
 */
export const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup(build) {
    build.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path, kind, importer }) => {
      if (!isBuiltin(path) || kind === 'dynamic-import') return null;
      const namespace = kind === 'require-call' ? 'required-builtin' : 'imported-builtin';
      const name = path.replace(/^(node:)?/, 'node:');
      // One of its own: what only the AWS SDK asks for is in no chunk that others load.
      const suffix = loadedLater.test(importer) ? '?later' : '';
      return { path: name, suffix, namespace, sideEffects: false };
    });
    build.onLoad({ filter: /^/, namespace: 'required-builtin' }, async ({ path }) => ({
      contents: `module.exports = ${lazyBuiltin(path, await import(path))};`,
    }));
    build.onLoad({ filter: /^/, namespace: 'imported-builtin' }, async ({ path }) => ({
      contents: importedBuiltin(path, await import(path)),
    }));
  },
};

/** The AWS SDK's client of CloudWatch, which is loaded when there is a log group. */
const loadedLater = /\/node_modules\/@?(aws-sdk|smithy|aws-crypto)/;

type Exported = Readonly<Record<string, unknown>>;

/** What takes milliseconds to load, and what few runs need. */
const costly: ReadonlySet<string> = new Set(
  ['assert', 'crypto', 'http', 'http2', 'tls', 'worker_threads', 'zlib'].map(
    (name) => `node:${name}`,
  ),
);

/** Of costly modules: tables that are read only when something has failed. */
const dataTables: Readonly<Record<string, readonly string[]>> = { 'node:http': ['STATUS_CODES'] };

/** Modules whose classes most starts only name, in an `instanceof` (5 ms). */
const laterClasses: ReadonlySet<string> = new Set(['node:stream/web']);

/**
 * Functions load the module when they are called, and so does the default export of a costly one when
 * something is read from it; whatever else is imported, at once.
 */
function importedBuiltin(name: string, exported: Exported): string {
  const names = Object.keys(exported).filter((name) => name !== 'default');
  return [
    'let loaded;',
    `const load = () => (loaded ??= ${builtin(name)});`,
    `export default /* @__PURE__ */ (() => ${lazyBuiltin(name, exported)})();`,
    ...names.map((property) => {
      if (isPlainFunction(exported[property])) {
        return `export const ${property} = (...args) => load().${property}(...args);`;
      }
      if (laterClasses.has(name)) {
        const traps = `get: (_, key) => load().${property}[key], construct: (_, args, target) => Reflect.construct(load().${property}, args, target)`;
        return `export const ${property} = /* @__PURE__ */ new Proxy(function () {}, { ${traps} });`;
      }
      if (dataTables[name]?.includes(property)) {
        return `export const ${property} = /* @__PURE__ */ new Proxy({}, { get: (_, key) => load().${property}[key] });`;
      }
      return `export const ${property} = /* @__PURE__ */ (() => load().${property})();`;
    }),
  ].join('\n');
}

/** An expression: the module; a costly one is loaded when something is read from it. */
function lazyBuiltin(name: string, exported: Exported): string {
  if (!costly.has(name)) return builtin(name);
  const load = '(loaded ??= builtin())';
  const lazy =
    typeof exported.default === 'function'
      ? lazyAssertion(Object.keys(exported.default), load)
      : `new Proxy({}, { get: (_, key) => ${load}[key] })`;
  return `((builtin, loaded) => ${lazy})(() => ${builtin(name)})`;
}

/** `node:assert`, which is loaded when an assertion fails, or by any other than the plain one. */
function lazyAssertion(properties: readonly string[], load: string): string {
  const getters = properties.map((property) => `get ${property}() { return ${load}.${property}; }`);
  const assertion = `(value, ...rest) => { if (!value) ${load}(value, ...rest); }`;
  return `Object.defineProperties(${assertion}, Object.getOwnPropertyDescriptors({ ${getters.join(', ')} }))`;
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

/**
 * What of undici's modules the egress layer never calls: HTTP/2 and its own `fetch`. They would load
 * TLS with every start (25 ms), and are a fifth of undici.
 */
const unusedUndici =
  /\/(dispatcher\/client-h2|web\/(fetch|webidl|infra)\/[a-z-]+|web\/webidl\/index)\.js$/;

/** All that undici asks of `node:http` where every client has a limit of its own for headers. */
const undiciHttp = 'module.exports = { maxHeaderSize: 16384, IncomingMessage: class {} };';

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
    build.onResolve({ filter: /^node:http$/ }, ({ importer }) =>
      isUndici(importer) ? { path: 'http', namespace: 'undici-http' } : null,
    );
    build.onLoad({ filter: /^/, namespace: 'undici-http' }, () => ({ contents: undiciHttp }));
    build.onLoad({ filter: /\/undici\/lib\/.*\.js$/ }, ({ path }) => {
      if (unusedUndici.test(path)) return { contents: notBundled(path) };
      // One of two builds of the same parser: every V8 with WebAssembly has SIMD today.
      if (path.endsWith('/llhttp-wasm.js')) {
        return {
          contents: `module.exports = require('./llhttp_simd-wasm.js');`,
          resolveDir: dirname(path),
        };
      }
      return null;
    });
  },
};

function isUndici(path: string): boolean {
  return path.includes('/node_modules/undici/lib/');
}

/** Says so where somebody calls for it after all. */
function notBundled(path: string): string {
  const message = JSON.stringify(`${basename(path)} of undici is not in this bundle.`);
  return `module.exports = new Proxy(() => {}, { get() { throw new Error(${message}); }, apply() { throw new Error(${message}); } });`;
}

/**
 * The AWS SDK without its ways to find credentials, SSO and STS among them: the engine gives it those
 * of its environment variables.
 */
export const awsCredentials: Plugin = {
  name: 'aws-credentials',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path }) => ({
      path,
      namespace: 'aws-credentials',
    }));
    build.onLoad({ filter: /^/, namespace: 'aws-credentials' }, () => ({
      contents: `export const defaultProvider = () => async () => {
        throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set.');
      };`,
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
  // See `parser.ts`.
  PARSER_FILE: '"./parser.mjs"',
  Request: 'undefined',
  Response: 'undefined',
  'globalThis.navigator': 'undefined',
  // Emscripten would take it for Node.js, and load what it needs to read its binary from a file.
  'globalThis.process': 'undefined',
};

/** Of `package.json` a bundle needs the version alone. */
export const packageVersion: Plugin = {
  name: 'package-version',
  setup(build) {
    const { absWorkingDir: root = '' } = build.initialOptions;
    build.onLoad({ filter: /\/package\.json$/ }, async ({ path }) => {
      if (dirname(path) !== root.replace(/\/$/, '')) return null;
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
