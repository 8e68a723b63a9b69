import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `dist/` of this package, wherever in it this file stands: in the sources, or bundled in `lib/`. */
export function bundleFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'dist');
}
