/** `wasi:cli`: what a command is given, what it prints, and how it exits. */

import { halt } from '../../module/halt.ts';
import type { HostFunction, HostInterface } from '../host.ts';
import { WASI_VERSION, type Wasi2Context } from './binding/context.ts';
import { hostAction, hostFunction, wit } from './binding/parameters.ts';
import { bytesInMemory, InputStream } from './io/input-stream.ts';
import { OutputStream, unhindered } from './io/output-stream.ts';

export interface CommandInputs {
  /** The program's name first. */
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly stdin: Uint8Array;
}

export function cliInterfaces(
  context: Wasi2Context,
  { args, env, stdin }: CommandInputs,
): readonly HostInterface[] {
  const { holdings } = context;
  const input = bytesInMemory(stdin);
  return [
    cli('environment', {
      'get-environment': hostFunction([], () => Object.entries(env)),
      'get-arguments': hostFunction([], () => args),
      'initial-cwd': hostFunction([], () => '/'),
    }),
    cli('exit', {
      exit: hostAction([wit.variant({ ok: null, error: null })], ({ tag }) =>
        halt({ kind: 'exit', code: tag === 'ok' ? 0 : 1 }),
      ),
      'exit-with-code': hostAction([wit.u8], (code) => halt({ kind: 'exit', code })),
    }),
    cli('stdin', { 'get-stdin': hostFunction([], () => new InputStream(holdings, input)) }),
    cli('stdout', { 'get-stdout': printing(context, 'stdout') }),
    cli('stderr', { 'get-stderr': printing(context, 'stderr') }),
    // There is no terminal.
    cli('terminal-input', {}, ['terminal-input']),
    cli('terminal-output', {}, ['terminal-output']),
    cli('terminal-stdin', { 'get-terminal-stdin': hostFunction([], () => undefined) }),
    cli('terminal-stdout', { 'get-terminal-stdout': hostFunction([], () => undefined) }),
    cli('terminal-stderr', { 'get-terminal-stderr': hostFunction([], () => undefined) }),
  ];
}

function cli(
  name: string,
  functions: { readonly [name: string]: HostFunction },
  resources: readonly string[] = [],
): HostInterface {
  return { name: `wasi:cli/${name}`, version: WASI_VERSION, functions, resources };
}

/** Beyond the cap on output, what is printed is dropped: the program need not know. */
function printing({ host, holdings }: Wasi2Context, stream: 'stdout' | 'stderr'): HostFunction {
  const sink = {
    ...unhindered,
    write: (bytes: Uint8Array) => void host.write(stream, bytes),
    close() {},
  };
  return hostFunction([], () => new OutputStream(holdings, sink));
}
