/** Built functions, of this checkout and of another one. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('../../', import.meta.url));

/** @returns the folders that would be deployed, by name; this checkout has been built */
export function builtFunctions(otherCheckout: string | undefined): Record<string, string> {
  const ours = { 'this checkout': join(here, 'dist') };
  if (otherCheckout === undefined) return ours;
  return { ...ours, 'other checkout': join(buildCheckout(otherCheckout), 'dist') };
}

/** @returns the absolute path of the checkout */
export function buildCheckout(folder: string): string {
  const checkout = resolve(folder);
  if (!existsSync(join(checkout, 'package.json'))) throw new Error(`${checkout} is no checkout.`);
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: checkout, stdio: 'inherit' });
  return checkout;
}

/** A runtime's files: its module, which is started, then what that loads. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /\.(mjs|node)$/.test(name))
    .sort()
    .map((name) => resolve(folder, name));
}
