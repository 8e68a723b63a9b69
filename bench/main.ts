/**
 * `npm run bench`: what a run costs at three depths (inside the sandbox process, through the pool,
 * through HTTP), each against a floor measured in the same minutes on the same machine.
 *
 *     npm run bench                                  prints the tables
 *     npm run bench -- --json FILE                   and writes the figures to a file
 *     npm run bench -- --against FILE                and prints the ratio to those of a file
 *     npm run bench -- --against-checkout FOLDER     runs this checkout and another one in turns
 *     npm run bench -- --libraries                   code with libraries, beside other engines
 */

import { parseArgs } from 'node:util';
import { measureDepths } from './depths.ts';
import { machineLine, readFigures, thisPlace, writeFigures, writeJson } from './figures.ts';
import { measureLibraries, printLibraries } from './libraries/measure.ts';
import { printReport } from './report.ts';
import { compareCheckouts } from './side-by-side.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    against: { type: 'string' },
    'against-checkout': { type: 'string' },
    libraries: { type: 'boolean', default: false },
  },
});
const other = values['against-checkout'];

if (values.libraries) await measureLibraryCode();
else if (other !== undefined) await compareCheckouts(other);
else await measure();

async function measureLibraryCode(): Promise<void> {
  console.log(machineLine(thisPlace()));
  const rows = await measureLibraries(other ?? null);
  printLibraries(rows);
  if (values.json !== undefined) {
    writeJson(values.json, { date: new Date().toISOString(), ...thisPlace(), libraries: rows });
  }
}

async function measure(): Promise<void> {
  // Read first: a file that is missing should not take minutes to say so.
  const earlier = values.against === undefined ? null : readFigures(values.against);
  console.log(machineLine(thisPlace()));
  if (earlier !== null) console.log(`against ${earlier.date}: ${machineLine(earlier)}`);
  const measured = await measureDepths();
  const figures = { date: new Date().toISOString(), ...thisPlace(), ...measured };
  printReport(figures, earlier);
  if (values.json !== undefined) writeFigures(values.json, figures);
}
