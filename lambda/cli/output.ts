/** What a terminal, or a pipe, shows of a run. */

import type { BatchItem, ExecuteResponse, LogEntry, StreamEvent } from '../client/client.ts';
import type { RunOptions } from './arguments.ts';
import { relativePath } from './modules.ts';
import { Progress } from './progress.ts';
import type { PreparedRequest } from './request.ts';
import type { Screen } from './screen.ts';

const TIMED_OUT = 124;
const WRONG_USE = 2;
const FAILED = 1;

export class Output {
  readonly #screen: Screen;
  readonly #options: RunOptions;
  readonly #name: PreparedRequest['name'];
  readonly #progress: Progress;
  /** Runs of many inputs that have ended before one in front of them. */
  readonly #ahead = new Map<number, BatchItem>();
  #shown = 0;
  #isInLine = false;

  constructor(screen: Screen, options: RunOptions, { name, request }: PreparedRequest) {
    this.#screen = screen;
    this.#options = options;
    this.#name = name;
    this.#progress = new Progress(screen, request);
  }

  /** Shows an event as it comes. */
  event({ event, data }: StreamEvent): void {
    this.#progress.event(event);
    if (event === 'stdout') this.#stdout(data.text);
    if (event === 'stderr') this.#stderr(data.text);
    if (event === 'log') this.#stderr(`${lineOf(data)}\n`);
    if (event === 'item') {
      this.#ahead.set(data.index, data);
      this.#showItems();
    }
  }

  /** Shows how it ended. @param isComplete whether all files that it was to leave are there @returns the exit code */
  end(response: ExecuteResponse, isComplete: boolean): number {
    this.#progress.close();
    const { error, result, results, metadata } = response;
    if (this.#options.json) {
      this.#screen.out(`${JSON.stringify(response)}\n`);
    } else {
      if (error !== null) {
        this.#progress.endLine();
        this.#stderr(textOf(error));
      } else if (results === undefined && this.#shown === 0) this.#result(result);
    }
    if (error === null) return isComplete ? 0 : FAILED;
    if (error.code === 'NON_ZERO_EXIT') {
      // The system keeps eight bits of it, which may be none.
      return (metadata.exitCode ?? 0) & 255 || FAILED;
    }
    return exitCodes.get(error.code) ?? FAILED;
  }

  /** Nothing is shown any more. */
  close(): void {
    this.#progress.close();
  }

  /** In the order of the inputs, each as soon as those before it are there. */
  #showItems(): void {
    for (;;) {
      const item = this.#ahead.get(this.#shown);
      if (item === undefined) return;
      this.#ahead.delete(this.#shown);
      this.#shown += 1;
      if (item.stdout !== '') this.#stdout(item.stdout);
      const logs = item.logs.map((entry) => `${lineOf(entry)}\n`).join('');
      if (item.stderr + logs !== '') this.#stderr(item.stderr + logs);
      this.#result(item.error === null ? item.result : { error: item.error });
    }
  }

  /** On a line of its own. */
  #result(value: unknown): void {
    if (this.#options.quiet) return;
    this.#stdout(`${this.#isInLine ? '\n' : ''}${JSON.stringify(value)}\n`);
  }

  #stdout(text: string): void {
    this.#progress.makeRoom(text);
    this.#screen.out(text);
    this.#isInLine = !text.endsWith('\n');
  }

  #stderr(text: string): void {
    this.#progress.makeRoom(text);
    this.#screen.err(this.#here(text));
  }

  /** The engine has its own name for the code. */
  #here(text: string): string {
    if (this.#name === null) return text;
    const { url, file } = this.#name;
    const name = file === '<stdin>' ? file : relativePath(file);
    // As a text, `$&` in a name would mean what it replaces.
    return text.replaceAll(url, () => name);
  }
}

const exitCodes: ReadonlyMap<string, number> = new Map([
  ['TIMEOUT', TIMED_OUT],
  ['CPU_LIMIT', TIMED_OUT],
  ['DOWNLOAD_TIMEOUT', TIMED_OUT],
  ['INVALID_REQUEST', WRONG_USE],
]);

function lineOf({ level, message, fields }: LogEntry): string {
  return `[${level}] ${message}${fields === null ? '' : ` ${JSON.stringify(fields)}`}`;
}

function textOf({ code, name, message, stack, details }: Failure): string {
  const frame = (details as { readonly frame?: unknown } | null)?.frame;
  const head = code === 'RUNTIME_ERROR' ? `${name}: ${message}` : `${code}: ${message}`;
  const parts = [
    typeof frame === 'string' ? frame : null,
    stack?.startsWith(name) ? null : head,
    stack,
  ];
  return parts
    .filter((part) => part !== null && part !== undefined)
    .join('\n')
    .concat('\n');
}

type Failure = NonNullable<ExecuteResponse['error']>;
