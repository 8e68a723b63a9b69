#!/bin/sh
# The JSON Schema of a zod string with a regular expression that has flags.
#
# Guess: z.toJSONSchema writes a pattern that means the same, or throws, as it does for what JSON
#   Schema cannot say (a date, a transform).
# Seen: it writes the source of the expression and leaves the flags out without a word: the published
#   schema refuses what the server takes (flags i, s, m), and a model or generated client that goes by it
#   never sends it. toLowerCase() before a regex is left out likewise.
# Version: zod 4.6.7, ajv 8.20.0.
# Source: JSON Schema 2020-12, Validation, section 6.3.3: patterns have no flags; https://zod.dev/json-schema
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 zod@4.6.7 ajv@8.20.0'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import Ajv from 'ajv/dist/2020.js';
import * as z from 'zod';

const cases = {
  i: [z.string().regex(/^[a-f0-9]+$/i), 'C0FFEE'],
  s: [z.string().regex(/^<.*>$/s), '<one\ntwo>'],
  m: [z.string().regex(/^id: \d+$/m), 'name: x\nid: 7'],
  toLowerCase: [z.string().toLowerCase().regex(/^[a-f0-9]+$/), 'C0FFEE'],
  none: [z.string().regex(/^[a-f0-9]+$/), 'c0ffee'],
};
const ajv = new Ajv.default();
for (const [name, [schema, value]] of Object.entries(cases)) {
  const jsonSchema = z.toJSONSchema(schema);
  const byZod = schema.safeParse(value).success;
  const bySchema = ajv.validate(jsonSchema, value);
  const takes = (taken) => (taken ? 'takes it' : 'refuses it');
  console.log(`${name}: ${JSON.stringify(value)}, pattern ${JSON.stringify(jsonSchema.pattern)}`);
  console.log(`  zod ${takes(byZod)}, its JSON Schema ${takes(bySchema)}`);
  assert.equal(byZod, true, 'changed: zod');
  assert.equal(bySchema, name === 'none', `changed: the JSON Schema, ${name}`);
}
assert.throws(() => z.toJSONSchema(z.date()), 'changed: what cannot be said is an error');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
