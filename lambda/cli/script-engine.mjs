#!/usr/bin/env node
/**
 * The `script-engine` command. Any Node.js from 20 on starts it: it builds what is not there, or older than
 * its sources, and goes on with the version of Node.js that Lambda has.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import * as module from 'node:module';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const cli = new URL('lib/cli/main.mjs', root);
const isRight = Number(process.versions.node.split('.')[0]) >= 24;
const node = isRight
  ? process.execPath
  : fileURLToPath(new URL('node_modules/node/bin/node', root));
/** What V8 has compiled; of this user alone, as it is run without a look at the source. */
const cache = `${process.env.XDG_CACHE_HOME || `${homedir()}/.cache`}/script-engine`;

if (!existsSync(node))
  stop('script-engine needs Node.js 24, or, in its repository, `npm ci` before it.');
// An installed package has no sources.
const changedMs = existsSync(new URL('main.ts', import.meta.url)) ? sourcesChangedMs() : 0;
for (const [file, step] of [
  ['dist/command.mjs', 'build/build.ts'],
  ['lib/cli/main.mjs', 'build/packages.ts'],
]) {
  const builtMs = timeOf(new URL(file, root));
  if (builtMs > changedMs) continue;
  const isThere = builtMs > 0;
  const why = isThere ? 'as its sources have changed' : 'once';
  process.stderr.write(`Building ${file.replace(/\/.*/, '/')}, ${why} …\n`);
  const args = [fileURLToPath(new URL(step, root)), isThere ? '--command' : '--missing'];
  const code = await run(args, 2);
  if (code !== 0) process.exit(code);
}
if (isRight) {
  module.enableCompileCache?.(cache);
  await import(cli.href);
} else {
  process.env.NODE_COMPILE_CACHE ??= cache;
  process.exitCode = await run([fileURLToPath(cli), ...process.argv.slice(2)], 'inherit');
}

/**
 * When a source was last put into its place, in the time of the clock. Folders are looked at, which are
 * few: Git and most editors write a new file in the place of the old one, and that changes its folder.
 * @returns {number}
 */
function sourcesChangedMs() {
  let latest = 0;
  const see = (/** @type {URL} */ path) => {
    const time = timeOf(path);
    // What lies in the future would be newer than whatever is built.
    if (time <= Date.now()) latest = Math.max(latest, time);
  };
  const seeAll = (/** @type {URL} */ folder) => {
    see(folder);
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) seeAll(new URL(`${entry.name}/`, folder));
  };
  for (const file of ['package.json', 'package-lock.json']) see(new URL(file, root));
  for (const folder of ['lambda/', 'build/']) seeAll(new URL(folder, root));
  return latest;
}

/** @param {URL} path @returns {number} milliseconds; 0 where there is nothing */
function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string[]} args @param {'inherit' | 2} out @returns {Promise<number>} the exit code */
async function run(args, out) {
  // Most calls start no other Node.js.
  const { spawn } = await import('node:child_process');
  const child = spawn(node, args, { stdio: ['inherit', out, 'inherit'] });
  // Whoever sends a signal sends it to this process. But Ctrl-C of a terminal comes to both, and a second
  // one would mean: at once.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== 'SIGINT' || !hasTerminal) child.kill(signal);
  };
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
