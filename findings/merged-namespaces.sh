#!/bin/sh
# What a namespace of TypeScript sees of another part of itself, where Node.js takes the types out.
#
# Guess: what it exports there, as in TypeScript, which merges parts of one name: `a` is `N.a`.
# Seen: a ReferenceError. amaro (SWC) writes each part by itself, and leaves the name as it is; tsc and
#   esbuild write `N.a`. A name that is in scope outside of the namespace is taken instead, in silence.
# Version: amaro 1.2.1, and 1.1.11, which is in Node.js 24.21.0; TypeScript 5.9.3 and esbuild 0.28.2 do it.
# Source: https://www.typescriptlang.org/docs/handbook/declaration-merging.html#merging-namespaces
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
npm install --silent --no-audit --no-fund --allow-scripts=node,esbuild node@24.21.0 amaro@1.2.1 typescript@5.9.3 esbuild@0.28.2 > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund node@24.21.0 amaro@1.2.1 typescript@5.9.3 esbuild@0.28.2 > /dev/null
cat > merged.ts <<'TS'
namespace N { export const a = 1 }
namespace N { export const b = a + 1 }
console.log(N.b);
TS
cat > compile.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { transformSync as amaro } from 'amaro';
import { transformSync as esbuild } from 'esbuild';
import typescript from 'typescript';

const source = readFileSync('merged.ts', 'utf8');
const compilers = {
  amaro: () => amaro(source, { mode: 'transform' }).code,
  esbuild: () => esbuild(source, { loader: 'ts' }).code,
  typescript: () => typescript.transpile(source, { target: typescript.ScriptTarget.ES2022 }),
};
for (const [name, compile] of Object.entries(compilers)) {
  let seen = 'nothing';
  try {
    new Function('console', compile())({ log: (value) => (seen = value) });
  } catch (error) {
    seen = String(error);
  }
  console.log(`${name}: ${seen}`);
}
JS
node=node_modules/.bin/node
seen=$("$node" compile.mjs)
own=$("$node" --experimental-transform-types --disable-warning=ExperimentalWarning merged.ts 2>&1 | grep -o 'ReferenceError.*' || true)
echo "node $("$node" --version), amaro in it $("$node" -p process.versions.amaro)"
echo "$seen"
echo "node: $own"
[ "$seen" = "amaro: ReferenceError: a is not defined
esbuild: 2
typescript: 2" ] && [ "$own" = 'ReferenceError: a is not defined' ] || { echo 'changed'; exit 1; }
echo 'as seen'
