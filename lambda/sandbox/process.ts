/** One sandbox process as the host sees it: starts it with few rights, exchanges messages, kills it. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { encodeFrame, FrameReader, MAX_HEADER_BYTES } from '../contract/frame.ts';
import type { HostMessage, SandboxMessage } from '../contract/protocol.ts';
import { systemRandomBytes } from './random.ts';

export interface SandboxProcessOptions {
  /** Folder of the bundled guest: the only files that the process may read. */
  readonly directory: URL;
  /** The most memory that any run may use. */
  readonly maxMemoryBytes: number;
  /** The most bytes that the body of a guest's request may have. */
  readonly maxFetchBytes: number;
  /** The most memory for images of compiled code; 0 to keep none. */
  readonly codeCacheBytes: number;
  /** Whether the process runs something before it is ready, for the first of many runs; where absent, it does. */
  readonly rehearse?: boolean;
  /** Whether the host goes first where both want the same processor. */
  readonly yields?: boolean;
}

export interface ExitReport {
  readonly signal: string | null;
  readonly code: number | null;
  /** The start of what Node.js wrote to stderr. */
  readonly stderr: string;
}

export interface SandboxEvents {
  onMessage(message: SandboxMessage, body: Uint8Array): void;
  onExit(report: ExitReport): void;
}

export interface SandboxProcess {
  readonly pid: number | undefined;
  send(message: HostMessage, body?: Uint8Array): void;
  /**
   * Reads no more of what the process sends, but for what has been read already: once the pipe is full,
   * the process waits in its next write. `onExit` then waits, too.
   */
  pause(): void;
  resume(): void;
  /** SIGKILL; `onExit` follows. */
  kill(): void;
  /** `null` where the platform does not report it. */
  usage(): ProcessUsage | null;
}

export interface ProcessUsage {
  /** Since the process started. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

type SandboxPipes = [stdin: Writable, stdout: null, stderr: Readable, messages: Readable];

/** More than any result or chunk of output needs; request bodies come on top. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_STDERR_BYTES = 16 * 1024;
/** V8's heap: the engine itself, large sources, texts on their way in and out. */
const HEAP_MB = 256;
/**
 * V8 collects garbage whenever a linear memory larger than half of the heap's limit grows, which made
 * growing to 512 MB take seconds. What bounds the guests' objects is the watch over resident memory.
 */
const HEAP_PER_GUEST_MEMORY = 2;
/**
 * The stack that V8 needs for QuickJS's 1 MiB; Linux and macOS give a main thread 8 MB. A call into
 * WebAssembly that can suspend (JSPI) runs on a stack of its own, whose default is 984 KB and whose
 * upper bound is this one: it gets as much. Pages that no guest touches cost nothing.
 */
const STACK_KB = 4000;
const WASM_PAGE_BYTES = 65536;
/** The process's own Wasm needs this, whatever guests may have: the module lexer takes 258 pages. */
const MIN_WASM_PAGES = 512;
const MAX_TABLE_ELEMENTS = 10_000_000;
/**
 * The C library's allocator gives back what V8's compilers and large modules have freed: by default each
 * thread keeps memory of its own. Blocks of some KiB stay in it: mapping each anew cost a run 8 %.
 */
const allocator = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
};
/** Before any other code: whoever takes the process over finds an empty environment. */
const withoutEnvironment =
  'data:text/javascript,for(const name in process.env)delete process.env[name]';
/** See nice(2): beside the host it has a tenth of a processor, and all of it while the host waits. */
const NICENESS = 10;
/** Randomness for the first dozens of runs: a process takes 5 ms to load what draws its own. */
const SEED_BYTES = 512;

export function startSandboxProcess(
  options: SandboxProcessOptions,
  events: SandboxEvents,
): SandboxProcess {
  const directory = fileURLToPath(options.directory);
  const child = spawn(
    process.execPath,
    [
      '--permission',
      `--allow-fs-read=${directory}`,
      `--max-old-space-size=${HEAP_MB + Math.ceil(HEAP_PER_GUEST_MEMORY * (options.maxMemoryBytes / 2 ** 20))}`,
      `--stack-size=${STACK_KB}`,
      `--wasm-stack-switching-stack-size=${STACK_KB}`,
      `--wasm-max-mem-pages=${Math.max(MIN_WASM_PAGES, Math.ceil(options.maxMemoryBytes / WASM_PAGE_BYTES))}`,
      `--wasm-max-table-size=${MAX_TABLE_ELEMENTS}`,
      `--import=${withoutEnvironment}`,
      '--disable-warning=SecurityWarning',
      // The guest reads the keys of scripts through `KeyObject.from`.
      '--disable-warning=DEP0204',
      fileURLToPath(new URL('guest.mjs', options.directory)),
      String(options.maxMemoryBytes),
      String(options.maxFetchBytes),
      String(options.codeCacheBytes),
      options.rehearse === false ? 'once' : 'rehearse',
      systemRandomBytes(SEED_BYTES).toString('base64url'),
    ],
    { cwd: '/', env: allocator, stdio: ['pipe', 'ignore', 'pipe', 'pipe'], windowsHide: true },
  );
  if (options.yields === true && child.pid !== undefined) yieldToHost(child.pid);
  // Pipes, as `stdio` above says.
  const [stdin, , stderr, fromSandbox] = child.stdio as unknown as SandboxPipes;
  const frames = new FrameReader({
    maxHeaderBytes: MAX_HEADER_BYTES,
    maxBodyBytes: MAX_BODY_BYTES + options.maxFetchBytes,
  });
  let diagnostics = '';
  let exited = false;
  let isGathering = false;

  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const distrust = (error: unknown): void => {
    diagnostics += `${error}\n`;
    fromSandbox.removeAllListeners('data').resume();
    kill();
  };
  // Loaded while the process starts, which takes longer.
  import('./message.ts').then(({ parseSandboxMessage }) => {
    const receive = (value: unknown, body: Uint8Array): void => {
      const message = parseSandboxMessage(value);
      if (message === null) throw new Error('A sandbox sent no known message.');
      events.onMessage(message, body);
    };
    fromSandbox.on('data', (chunk: Buffer) => {
      try {
        frames.push(chunk, receive);
      } catch (error) {
        distrust(error);
      }
    });
  }, distrust);
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (diagnostics.length < MAX_STDERR_BYTES) diagnostics += chunk.slice(0, MAX_STDERR_BYTES);
  });
  // A process that dies while the host writes to it closes its pipes: `close` below follows.
  stdin.on('error', () => {});
  fromSandbox.on('error', () => {});
  const exit = (signal: string | null, code: number | null): void => {
    if (exited) return;
    exited = true;
    events.onExit({ signal, code, stderr: diagnostics });
  };
  child.on('error', (error) => {
    diagnostics += `${error}\n`;
    if (child.pid === undefined) exit(null, null);
  });
  // `close` rather than `exit`: the host has read everything that the guest printed by then.
  child.on('close', (code, signal) => exit(signal, code));

  /** What is sent from here until the host has done what it is at leaves in one write. */
  function gather(): void {
    if (isGathering) return;
    isGathering = true;
    stdin.cork();
    process.nextTick(() => {
      isGathering = false;
      stdin.uncork();
    });
  }

  return {
    pid: child.pid,
    send(message, body) {
      if (message.type === 'item') gather();
      for (const part of encodeFrame(message, body)) stdin.write(part);
    },
    pause: () => void fromSandbox.pause(),
    resume: () => void fromSandbox.resume(),
    kill,
    usage: () => (child.pid === undefined ? null : readUsage(child.pid)),
  };
}

/** Kernel clock ticks per second in `/proc`: fixed to 100 on every platform that Node.js supports. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** From Linux's `/proc`; see proc(5). */
function readUsage(pid: number): ProcessUsage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses and may itself contain blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [userTicks, systemTicks, pages] = [fields[11], fields[12], fields[21]].map(Number);
    if (userTicks === undefined || systemTicks === undefined || pages === undefined) return null;
    return { cpuMs: (userTicks + systemTicks) * TICK_MS, residentBytes: pages * PAGE_BYTES };
  } catch {
    return null;
  }
}

/** Before the process has a second thread: each has a priority of its own, which it takes from who starts it. */
function yieldToHost(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It has ended, or the platform forbids it: nothing depends on it but speed.
  }
}
