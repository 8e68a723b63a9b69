/** wasm-tools as WebAssembly, which makes components of their text: npm installs it beside the repository. */

import { pathToFileURL } from 'node:url';
import { installPackages } from '../packages/installed.ts';

const componentTools = { '@bytecodealliance/jco-transpile': '0.15.0' };

export async function loadWasmTools(): Promise<(source: string) => Promise<Uint8Array>> {
  const folder = installPackages(componentTools);
  const entry = `${folder}/node_modules/@bytecodealliance/jco-transpile/dist/wasm-tools.js`;
  const tools = (await import(pathToFileURL(entry).href)) as {
    parse(source: string): Promise<Uint8Array>;
  };
  return (source) => tools.parse(source);
}
