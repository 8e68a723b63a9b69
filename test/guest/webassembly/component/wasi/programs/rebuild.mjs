// Makes the components here: those of test/guest/webassembly/programs by the adapter for preview 1, and
// those of the texts here. Needs npm i --no-save @bytecodealliance/jco@1.35.0 and runs in the folder of that package.json.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { resolve } = createRequire(`${process.cwd()}/`);
const { componentNew, parse } = await import(resolve('@bytecodealliance/jco'));
const adapterPath = resolve('@bytecodealliance/jco/lib/wasi_snapshot_preview1.command.wasm');
const adapter = new Uint8Array(readFileSync(adapterPath));
const here = import.meta.dirname;
for (const name of ['files', 'shapes', 'words']) {
  const module = readFileSync(join(here, '../../../programs', `${name}.wasm`));
  const component = await componentNew(new Uint8Array(module), [
    ['wasi_snapshot_preview1', adapter],
  ]);
  writeFileSync(join(here, `${name}.wasm`), component);
}
for (const name of ['ask', 'exchange']) {
  writeFileSync(
    join(here, `${name}.wasm`),
    await parse(readFileSync(join(here, `${name}.wat`), 'utf8')),
  );
}
