/** `npm start`: what was typed, and then the server. */

import { serve } from './serve.ts';

const HELP = `Usage: npm start

Serves the API on http://127.0.0.1:3000, and the examples at /examples/.

  PORT                    another port; 0: any free one
  ENGINE_TRUSTED_ORIGINS  origins that code may come from and reach, though their address is private
                          or their port unusual, such as http://127.0.0.1:8000
  ENGINE_…                all other settings: docs/settings.md
  POWERTOOLS_LOG_LEVEL    ERROR; INFO shows a line of JSON for each request
`;

const [argument] = process.argv.slice(2);
if (argument === '--help' || argument === '-h') {
  console.log(HELP);
  process.exit(0);
}
if (argument !== undefined) {
  console.error(`There is no argument ${JSON.stringify(argument)}.\n\n${HELP}`);
  process.exit(1);
}
await serve();
