/** `npm run fuzz:memory -- [programs] [seed]`: see `memory-limit.ts`. */

import { fuzzMemory } from './memory-limit.ts';

const [programs = 3000, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv
  .slice(2)
  .map(Number);
console.log(`${programs} programs from seed ${seed}`);
const { kept, ends, seconds } = await fuzzMemory(seed, programs);
console.log(`${kept} machines kept, 0 bytes differ, ${seconds.toFixed(1)} s`, ends);
process.exit(0);
