/** AWS's own runtime client, where test/support/lambda/runtime-client.sh has built it; npm test alone does without. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder =
  process.env.RUNTIME_CLIENT ??
  join(
    process.env.TMPDIR || '/tmp',
    'script-engine-runtime-client-4.0.2/node_modules/aws-lambda-ric',
  );
const files = ['index.mjs', 'rapid-client.node'].map((name) => join(folder, name));

/** What Lambda has in `/var/runtime`; `null`: it has not been built. */
export const runtimeClientFiles: readonly string[] | null = files.every((file) => existsSync(file))
  ? files
  : null;
