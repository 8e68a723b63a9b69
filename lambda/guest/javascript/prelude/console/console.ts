/**
 * `console`: prints exactly what Node.js 24 prints where stdout is not a terminal.
 * @see https://nodejs.org/docs/latest-v24.x/api/console.html
 */

import { setProxyTest } from '../core/clone.ts';
import type { Prelude } from '../core/host.ts';
import {
  apply,
  defineProperty,
  floor,
  isArray,
  mapDelete,
  mapGet,
  mapHas,
  mapSet,
  numberToFixed,
  padStart,
  setPrototypeOf,
  slice,
  TypeErrorClass,
  tagKey,
  toNumber,
} from '../core/intrinsics.ts';
import { currentFrames } from './inspect/errors.ts';
import { format } from './inspect/format.ts';
import { createInspector } from './inspect/inspect.ts';
import { observedProxy, proxyParts } from './inspect/proxies.ts';
import { formatTable } from './inspect/table.ts';
import { type ConsoleSink, type ConsoleStream, createOutput } from './output.ts';

type Labelled = (label?: unknown, ...data: unknown[]) => void;

/**
 * Defines `console`, and a `Proxy` that remembers its targets for it. Call it before any script runs,
 * and before other parts of the prelude make proxies that scripts may print.
 */
export function installConsole(prelude: Prelude, sink: ConsoleSink): void {
  prelude.define({ Proxy: observedProxy(prelude.global.Proxy) });
  setProxyTest((value) => proxyParts(value) !== undefined);
  prelude.define({ console: createConsole(sink) });
}

function createConsole(sink: ConsoleSink): object {
  const inspector = createInspector(sink.promise);
  const counts = new Map<string, number>();
  const times = new Map<string, number>();
  const output = createOutput(sink);
  const printer =
    (stream: ConsoleStream) =>
    (args: readonly unknown[]): void =>
      output.print(stream, (room) => format(inspector, args, room));
  const out = printer('stdout');
  const err = printer('stderr');
  const warn = (message: string): void => sink.write('stderr', `Warning: ${message}\n`);

  // Methods call each other through the object, so that a script may replace one.
  const console = {
    log: (...args: unknown[]): void => out(args),
    info: (...args: unknown[]): void => out(args),
    debug: (...args: unknown[]): void => out(args),
    warn: (...args: unknown[]): void => err(args),
    error: (...args: unknown[]): void => err(args),
    dir(value?: unknown, options?: object): void {
      output.print('stdout', (room) =>
        inspector.inspect(value, { customInspect: false, ...options }, room),
      );
    },
    time(label: unknown = 'default'): void {
      const name = `${label}`;
      if (mapHas(times, name)) warn(`Label '${name}' already exists for console.time()`);
      else mapSet(times, name, sink.now());
    },
    timeEnd: ((label = 'default') => {
      const name = `${label}`;
      elapsed('timeEnd', name, []);
      mapDelete(times, name);
    }) as Labelled,
    timeLog: ((label = 'default', ...data) => elapsed('timeLog', `${label}`, data)) as Labelled,
    trace(...args: unknown[]): void {
      const message = format(inspector, args, output.room('stderr'));
      console.error(`${message === '' ? 'Trace' : `Trace: ${message}`}${currentFrames()}`);
    },
    assert(condition?: unknown, ...args: unknown[]): void {
      if (condition) return;
      if (typeof args[0] === 'string') {
        args[0] = `Assertion failed: ${slice(args[0], 0, output.room('stderr') + 1)}`;
        apply(console.warn, console, args);
      } else {
        const all: unknown[] = ['Assertion failed'];
        for (let i = 0; i < args.length; i++) all[i + 1] = args[i];
        apply(console.warn, console, all);
      }
    },
    // Node.js does nothing either where stdout is not a terminal.
    clear(): void {},
    count(label: unknown = 'default'): void {
      const name = `${label}`;
      const count = ((mapGet(counts, name) as number | undefined) ?? 0) + 1;
      mapSet(counts, name, count);
      console.log(`${name}: ${count}`);
    },
    countReset(label: unknown = 'default'): void {
      const name = `${label}`;
      if (!mapDelete(counts, name)) warn(`Count for '${name}' does not exist`);
    },
    group(...data: unknown[]): void {
      if (data.length > 0) apply(console.log, console, data);
      output.indent();
    },
    groupEnd(): void {
      output.outdent();
    },
    table(data?: unknown, properties?: unknown): void {
      if (properties !== undefined && !isArray(properties)) {
        throw new TypeErrorClass('The "properties" argument must be an instance of Array.');
      }
      const isTable = data !== null && typeof data === 'object';
      console.log(isTable ? formatTable(inspector, data, properties, output.room('stdout')) : data);
    },
    dirxml: (...args: unknown[]): void => out(args),
    groupCollapsed(...data: unknown[]): void {
      apply(console.group, console, data);
    },
    // They are for a debugger, which scripts do not have.
    profile(): void {},
    profileEnd(): void {},
    timeStamp(): void {},
  };

  function elapsed(method: string, name: string, data: readonly unknown[]): void {
    const start = mapGet(times, name) as number | undefined;
    if (start === undefined) {
      warn(`No such label '${name}' for console.${method}()`);
      return;
    }
    const args: unknown[] = ['%s: %s', name, formatDuration(sink.now() - start)];
    for (let i = 0; i < data.length; i++) args[i + 3] = data[i];
    apply(console.log, console, args);
  }

  // By the Console Standard, a namespace object with a prototype of its own.
  setPrototypeOf(console, {});
  defineProperty(console, tagKey, { value: 'console', configurable: true });
  return console;
}

/** `1.234ms`, `2.500s`, `1:02.500 (m:ss.mmm)`, `1:00:00.000 (h:mm:ss.mmm)`. */
function formatDuration(ms: number): string {
  if (ms < 1000) return `${toNumber(numberToFixed(ms, 3))}ms`;
  if (ms < 60_000) return `${numberToFixed(ms / 1000, 3)}s`;
  const hours = floor(ms / 3_600_000);
  const minutes = floor((ms % 3_600_000) / 60_000);
  // `SS.mmm`
  const padded = padStart(numberToFixed((ms % 60_000) / 1000, 3), 6, '0');
  return hours === 0
    ? `${minutes}:${padded} (m:ss.mmm)`
    : `${hours}:${padStart(`${minutes}`, 2, '0')}:${padded} (h:mm:ss.mmm)`;
}
