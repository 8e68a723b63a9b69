/** What a program of WASI is given, whichever version of it. */

import type { RunMessage } from '../../contract/protocol.ts';
import type { RunHost } from '../runtime/runtime.ts';
import { InvalidArguments } from './entry.ts';
import type { RefusalWatch } from './module/refusal.ts';

/** What `argv[0]` is: the last segment of the code's path. */
export function programName(url: string): string {
  const segment = URL.parse(url)?.pathname.split('/').at(-1);
  return segment || 'program';
}

/**
 * C strings cannot hold NUL, nor names of variables an equals sign.
 * @throws {InvalidArguments}
 */
export function rejectUnencodable({ args, env }: Pick<RunMessage, 'args' | 'env'>): void {
  const inArgs = args.flatMap((arg, index) =>
    typeof arg === 'string' && arg.includes('\0')
      ? [{ path: `args[${index}]`, reason: 'a NUL character cannot be passed' }]
      : [],
  );
  const inEnv = Object.entries(env).flatMap(([name, value]) => {
    const path = `env.${name}`;
    if (name.includes('=')) return [{ path, reason: 'a name cannot have an equals sign' }];
    return `${name}${value}`.includes('\0')
      ? [{ path, reason: 'a NUL character cannot be passed' }]
      : [];
  });
  if (inArgs.length + inEnv.length > 0) throw new InvalidArguments([...inArgs, ...inEnv]);
}

/** A program that gives up may complain, but prints no result, logs no progress and asks for nothing. */
export function watchedHost(host: RunHost, watch: RefusalWatch): RunHost {
  return {
    ...host,
    write(stream, chunk) {
      if (stream === 'stdout') watch.goesOn();
      return host.write(stream, chunk);
    },
    log(level, message, fields, cut) {
      if (level !== 'warn' && level !== 'error') watch.goesOn();
      host.log(level, message, fields, cut);
    },
    call(name, request, body) {
      watch.goesOn();
      return host.call(name, request, body);
    },
  };
}
