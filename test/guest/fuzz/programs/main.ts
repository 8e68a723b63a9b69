/** `npm run fuzz:programs -- [programs] [seed]`: see `compare.ts`. */

import { comparePrograms } from './compare.ts';

const [programs = 2000, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv
  .slice(2)
  .map(Number);
console.log(`${programs} programs from seed ${seed}`);
const { compared, invalid, differences } = await comparePrograms(seed, programs);
for (const { seed: own, here, inNode } of differences) {
  const [ours, theirs] = [here.split('\\n'), inNode.split('\\n')];
  const line = ours.findIndex((text, index) => text !== theirs[index]);
  console.log(`seed ${own}, line ${line + 1}:\n  here    ${ours[line]}\n  Node.js ${theirs[line]}`);
}
console.log(`${compared} compared, ${invalid} with errors of syntax, ${differences.length} differ`);
process.exit(differences.length === 0 ? 0 : 1);
