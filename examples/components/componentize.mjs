// Makes a component of orders.js, beside a `npm install @bytecodealliance/componentize-js`.
import { readFile, writeFile } from 'node:fs/promises';
import { componentize } from '@bytecodealliance/componentize-js';

const [source, witWorld] = await Promise.all([
  readFile('orders.js', 'utf8'),
  readFile('orders.wit', 'utf8'),
]);
const { component } = await componentize(source, { witWorld });
await writeFile('orders.wasm', component);
