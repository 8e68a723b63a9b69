#!/bin/sh
# A tool of an MCP server whose result has a field more than its output schema, or lacks one with a
# default.
#
# Guess: as the server checks results by the schema, what it lets pass is right for the client; a result
#   is judged alike each time.
# Seen: the server checks by the rules of zod, which ignores unknown fields and fills in defaults, but
#   sends the result as the tool gave it. The client checks by the JSON Schema made from it, which has
#   `additionalProperties: false` and requires fields with defaults. And it does so only once it has
#   asked for the list of tools: the very same call succeeds before, and is an error afterwards.
# Version: @modelcontextprotocol/server and client 2.4.0, zod 4.6.7.
# Source: https://zod.dev/json-schema (io: output); https://modelcontextprotocol.io/specification (output schema)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 @modelcontextprotocol/server@2.4.0 @modelcontextprotocol/client@2.4.0 zod@4.6.7'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

const results = {
  exact: [z.object({ count: z.number() }), { count: 1 }],
  more: [z.object({ count: z.number() }), { count: 1, unit: 'kg' }],
  defaulted: [z.object({ count: z.number(), unit: z.string().default('kg') }), { count: 1 }],
  wrong: [z.object({ count: z.number() }), { count: 'one' }],
};
const server = new McpServer({ name: 'server', version: '1.0.0' });
for (const [name, [outputSchema, structuredContent]] of Object.entries(results)) {
  server.registerTool(name, { outputSchema }, async () => ({ content: [], structuredContent }));
}
const [here, there] = InMemoryTransport.createLinkedPair();
const client = new Client({ name: 'client', version: '1.0.0' });
await server.connect(there);
await client.connect(here);

async function callAll() {
  const seen = {};
  for (const name of Object.keys(results)) {
    try {
      const { isError, structuredContent } = await client.callTool({ name, arguments: {} });
      seen[name] = isError ? 'refused by the server' : JSON.stringify(structuredContent);
    } catch (error) {
      seen[name] = `refused by the client: ${error.message}`;
    }
  }
  return seen;
}
const before = await callAll();
const { tools } = await client.listTools();
const after = await callAll();
for (const [name, [, result]] of Object.entries(results)) {
  console.log(`${name}: ${JSON.stringify(result)}`);
  console.log(`  schema           ${JSON.stringify(tools.find((tool) => tool.name === name).outputSchema)}`);
  console.log(`  before listTools ${before[name]}\n  after listTools  ${after[name]}`);
}
assert.equal(before.exact, after.exact, 'changed: what fits');
assert.match(before.wrong, /by the server/, 'changed: the check of the server');
for (const name of ['more', 'defaulted']) {
  assert.equal(before[name], JSON.stringify(results[name][1]), 'changed: before listTools');
  assert.match(after[name], /by the client/, 'changed: after listTools');
}
await client.close();
JS
node_modules/.bin/node show.mjs
echo 'as seen'
