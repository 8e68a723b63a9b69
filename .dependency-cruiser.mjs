/**
 * What may import what: `npm run lint` fails where an import breaks one of these rules.
 * ARCHITECTURE.md has the picture that they draw.
 */

const realm = '^lambda/guest/javascript/prelude/';

/** Files of these folders import their own folder only, and these others. */
const only = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from,
  to: { path: '^(?:lambda|build|infra|test|bench|examples)/', pathNot: to },
});

export default {
  forbidden: [
    {
      name: 'no-cycle-of-files',
      comment: 'Files do not import each other in a circle, not even types.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycle-of-folders',
      comment: 'Folders do not import each other in a circle.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    only(
      'ground-stands-alone',
      'Ground folders import nothing of the project: everything else may import them.',
      { path: '^(lambda/(?:contract|settings|guest/javascript/bridge)/)' },
      '^$1',
    ),
    only(
      'binary-format-imports-contract-only',
      'The reader and writer of WebAssembly binaries need nothing of a sandbox process.',
      { path: '^lambda/guest/wasm-binary/' },
      '^lambda/(?:guest/wasm-binary|contract)/',
    ),
    only(
      'client-stands-alone',
      'The client runs wherever a caller does: it imports nothing of the project.',
      { path: '^lambda/client/' },
      '^lambda/client/',
    ),
    {
      name: 'client-without-packages',
      comment: 'The client needs no package, and nothing of Node.js.',
      severity: 'error',
      from: { path: '^lambda/client/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'command-on-top',
      comment: 'Nothing that is deployed knows the command.',
      severity: 'error',
      from: { path: '^lambda/', pathNot: '^lambda/cli/' },
      to: { path: '^lambda/cli/' },
    },
    {
      name: 'host-without-guest',
      comment: 'The host imports nothing of the sandbox process: what both need is in contract/.',
      severity: 'error',
      from: { path: '^(?:lambda|infra)/', pathNot: '^lambda/guest/' },
      to: { path: '^lambda/guest/' },
    },
    only(
      'guest-imports-contract-only',
      'Of the host, the sandbox process imports contract/ only.',
      { path: '^lambda/guest/' },
      '^lambda/(?:guest|contract)/',
    ),
    {
      name: 'process-without-realm',
      comment: 'The realm is bundled as text: no file of the sandbox process imports it.',
      severity: 'error',
      from: { path: '^lambda/', pathNot: realm },
      to: { path: realm },
    },
    {
      name: 'realm-without-process',
      comment: 'The realm has no Node.js: it imports prelude/, bridge/ and contract/ only.',
      severity: 'error',
      from: { path: realm },
      to: {
        path: '^(?:lambda|build|infra)/',
        pathNot: [realm, '^lambda/guest/javascript/bridge/', '^lambda/contract/'],
      },
    },
    {
      name: 'realm-without-node',
      comment: 'The realm has no Node.js: no module of it either.',
      severity: 'error',
      from: { path: realm },
      to: { dependencyTypes: ['core'] },
    },
    only(
      'page-imports-client-only',
      'The playground runs in a browser: of the project it imports the client only.',
      { path: '^lambda/playground/' },
      '^lambda/(?:playground|client)/',
    ),
    {
      name: 'page-without-node',
      comment: 'The playground runs in browsers: no module of Node.js.',
      severity: 'error',
      from: { path: '^lambda/playground/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'host-without-page',
      comment: 'The playground is bundled by the build, and served as files.',
      severity: 'error',
      from: { pathNot: '^lambda/playground/' },
      to: { path: '^lambda/playground/' },
    },
    {
      name: 'build-steps-for-the-build',
      comment: 'What runs at build time only is not part of what is deployed.',
      severity: 'error',
      from: { path: '^lambda/', pathNot: '^lambda/guest/javascript/build/' },
      to: { path: '^(?:build/|lambda/guest/javascript/build/)' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.d.ts', '.json'] },
  },
};
