/**
 * What V8's compilers leave behind. They use megabytes for each thing that they compile, of the C
 * library's allocator, which gives memory back from its end only: what is still held lies in the way.
 */

import { setFlagsFromString } from 'node:v8';

/**
 * Frees what a compilation has used when its code is installed. By default Maglev, the compiler in
 * the middle, leaves that to another thread: 10 MB to 20 MB of a process that has answered a thousand
 * requests, in which there are six hundred compilations.
 */
export function freeCompilationsAtOnce(): void {
  setFlagsFromString('--no-maglev-destroy-on-background');
}

/**
 * Modules of WebAssembly that are compiled from now on stay as V8's first compiler makes them. For the
 * host, whose only one is the parser of HTTP: for one large function of it the second compiler holds
 * 23 MB, and keeps a processor busy for longer than hundreds of answers take. Either flag alone does
 * not do it: code that has become hot, or any code at once, is optimised then.
 */
export function keepParserUnoptimised(): void {
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
}
