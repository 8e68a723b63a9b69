#!/bin/sh
# Regular expressions behind `yield`, and templates with asynchronous functions, parsed by acorn.
#
# Guess: acorn parses `yield /b/` wherever `yield` is an operator: it passes nearly all of test262.
# Seen: in a generator function it does; in a generator method, and in the expression of an asynchronous
#   generator, the slash is a division to it, and the source an "Unexpected token". A regular expression
#   behind `await` or `return` parses everywhere. Within a template, an asynchronous function expression
#   whose parameters are two patterns takes the end of the template from it. Tools that fall back where a
#   file does not parse leave such files as they are.
# Version: acorn 8.19.0; Node.js 24.21.0.
# Source: ECMA-262, YieldExpression: what follows is an AssignmentExpression.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 acorn@8.19.0'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import { parse } from 'acorn';

const expected = {
  '(function* () { yield /b/ })': 'parses',
  'async function* f() { yield /b/ }': 'parses',
  '(async function* () { yield /b/ })': 'Unexpected token (1:28)',
  '({ *m() { yield /b/ } })': 'Unexpected token (1:16)',
  'class A { *m() { yield /b/g.source } }': 'Unexpected token (1:23)',
  'class A { async *m() { yield /b/ } }': 'Unexpected token (1:29)',
  'class A { *m() { yield (/b/) } }': 'parses',
  'class A { async m() { await /b/ } }': 'parses',
  'x = `${(0, function ({ a }, { b }) {})}`': 'parses',
  'x = `${(0, async function ({ a }, { b }) {})}`': 'Unexpected token (1:44)',
};
const seen = Object.keys(expected).map((source) => {
  new Function(source);
  try {
    parse(source, { ecmaVersion: 'latest' });
    return [source, 'parses'];
  } catch (error) {
    return [source, error.message];
  }
});
console.table(seen.map(([source, acorn]) => ({ source, v8: 'parses', acorn })));
assert.deepEqual(Object.fromEntries(seen), expected, 'changed: acorn');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
