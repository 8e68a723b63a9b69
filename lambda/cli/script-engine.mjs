#!/usr/bin/env node
/**
 * The `script-engine` command. Any Node.js from 20 on starts it: it builds what is not there yet, once,
 * and goes on with the version of Node.js that Lambda has.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const cli = new URL('lib/cli/main.mjs', root);
const isRight = Number(process.versions.node.split('.')[0]) >= 24;
const node = isRight
  ? process.execPath
  : fileURLToPath(new URL('node_modules/node/bin/node', root));

if (!existsSync(node))
  stop('script-engine needs Node.js 24, or, in its repository, `npm ci` before it.');
for (const [file, step] of [
  ['dist/handler.mjs', 'build/build.ts'],
  ['lib/cli/main.mjs', 'build/packages.ts'],
]) {
  if (existsSync(new URL(file, root))) continue;
  process.stderr.write(`Building ${file.replace(/\/.*/, '/')}, once …\n`);
  const code = await run([fileURLToPath(new URL(step, root)), '--missing'], 2);
  if (code !== 0) process.exit(code);
}
if (isRight) {
  module.enableCompileCache?.();
  await import(cli.href);
} else {
  process.exitCode = await run([fileURLToPath(cli), ...process.argv.slice(2)], 'inherit');
}

/** @param {string[]} args @param {'inherit' | 2} out @returns {Promise<number>} the exit code */
function run(args, out) {
  const child = spawn(node, args, { stdio: ['inherit', out, 'inherit'] });
  // A terminal sends its signals to both; whoever else sends one sends it to this process.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) => {
    child.once('error', (error) => stop(error.message));
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      // Ends as the other has ended.
      if (signal !== null) process.kill(process.pid, signal);
      resolve(code ?? 1);
    });
  });
}

/** @param {string} message @returns {never} */
function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
