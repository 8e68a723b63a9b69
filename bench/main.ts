/**
 * `npm run bench`: what a run costs at three depths (inside the sandbox process, through the pool,
 * through HTTP), each against a floor measured in the same minutes on the same machine.
 *
 *     npm run bench                                  prints the tables
 *     npm run bench -- --json FILE                   and writes the figures to a file
 *     npm run bench -- --against FILE                and prints the ratio to those of a file
 *     npm run bench -- --against-checkout FOLDER     runs this checkout and another one in turns
 *     npm run bench -- --libraries                   code with libraries, beside other engines
 *     npm run bench -- --cold-start                  cold starts on one processor, as Lambda makes them
 *     npm run bench -- --memory                      what the processes of a function take together
 *
 * The last three take `--against-checkout`, too, and all but `--against` write a file with `--json`.
 * The last two also take `--runtime FOLDER`: what Lambda has in `/var/runtime`, such as the npm package
 * aws-lambda-ric once it has been built; and `--handler handler.handler` instead of the one that is
 * deployed by default, `stream.handler`. `--rounds NUMBER` of cold starts.
 */

import { parseArgs } from 'node:util';
import { measureColdStarts, printColdStarts } from './deployed/cold-start.ts';
import { builtFunctions, filesIn } from './deployed/deployed.ts';
import { measureMemory, printMemory } from './deployed/memory.ts';
import { measureDepths } from './depths.ts';
import { machineLine, readFigures, thisPlace, writeFigures, writeJson } from './figures.ts';
import { measureLibraries, printLibraries } from './libraries/measure.ts';
import { printReport } from './report.ts';
import { compareCheckouts, printSides } from './side-by-side.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    against: { type: 'string' },
    'against-checkout': { type: 'string' },
    libraries: { type: 'boolean', default: false },
    'cold-start': { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    runtime: { type: 'string' },
    rounds: { type: 'string', default: '15' },
    handler: { type: 'string', default: 'stream.handler' },
  },
});
const other = values['against-checkout'];

if (values.libraries) await measureLibraryCode();
else if (values['cold-start'] || values.memory) await measureDeployed();
else if (other !== undefined) await measureSides(other);
else await measure();

async function measureLibraryCode(): Promise<void> {
  console.log(machineLine(thisPlace()));
  const rows = await measureLibraries(other ?? null);
  printLibraries(rows);
  keep({ libraries: rows });
}

async function measureSides(folder: string): Promise<void> {
  console.log(machineLine(thisPlace()));
  const rows = await compareCheckouts(folder);
  printSides(folder, rows);
  keep({ sides: rows });
}

/** Writes what was measured to the file that was asked for. */
function keep(measured: object): void {
  if (values.json === undefined) return;
  writeJson(values.json, { date: new Date().toISOString(), ...thisPlace(), ...measured });
}

/** The function as Lambda runs it. */
async function measureDeployed(): Promise<void> {
  const functions = builtFunctions(other);
  const { handler } = values;
  const runtimeFiles = values.runtime === undefined ? undefined : filesIn(values.runtime);
  console.log(machineLine(thisPlace()));
  if (values['cold-start']) {
    const rounds = Number(values.rounds);
    const rows = await measureColdStarts({ functions, handler, runtimeFiles, rounds });
    printColdStarts(rows, handler, rounds);
    keep({ handler, rounds, coldStarts: rows });
  }
  if (values.memory) {
    const rows = await measureMemory({ functions, handler, runtimeFiles });
    printMemory(rows);
    keep({ handler, memory: rows });
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
