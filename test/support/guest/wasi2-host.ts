/** Calls the functions of WASI 0.2 as the canonical ABI does, with values in place of memory. */

import type { GuestFetchRequest, GuestFetchResult } from '../../../lambda/contract/calls.ts';
import type { LogLevel } from '../../../lambda/contract/protocol.ts';
import {
  type HostInterface,
  type HostResource,
  type HostValue,
  ResultError,
} from '../../../lambda/guest/webassembly/component/host.ts';
import { scriptEngineInterface } from '../../../lambda/guest/webassembly/component/script-engine/interface.ts';
import { openWasi2, type Wasi2 } from '../../../lambda/guest/webassembly/component/wasi/wasi.ts';
import { haltOf } from '../../../lambda/guest/webassembly/module/halt.ts';
import { type RunOptions, runMessage } from '../run-message.ts';
import { answeredBy, type CallAnswers } from './host-calls.ts';

export interface Wasi2Options extends RunOptions {
  readonly respond?: (
    request: GuestFetchRequest,
    body: Uint8Array,
  ) => GuestFetchResult | Promise<GuestFetchResult>;
  /** What else the host answers: pieces of bodies are taken, where nothing is said of them. */
  readonly answers?: CallAnswers;
}

/** What a call came to: its result, the error of its `result`, or why it ended the run. */
type Outcome = HostValue | { readonly err: HostValue } | { readonly ended: string };

export class Wasi2Host {
  readonly wasi: Wasi2;
  readonly printed: { readonly stream: string; readonly text: string }[] = [];
  readonly logs: { readonly level: LogLevel; readonly message: string }[] = [];
  readonly requests: { readonly request: GuestFetchRequest; readonly body: string }[] = [];
  /** Pieces of bodies, `|` behind the last one of a body. */
  readonly sent: string[] = [];
  /** Bodies whose rest is not wanted. */
  readonly cancelled: number[] = [];
  aborted = 0;
  readonly #interfaces: ReadonlyMap<string, HostInterface>;

  constructor({ respond, answers, ...options }: Wasi2Options = {}) {
    const run = runMessage('wasm', options);
    const deadline = performance.now() + run.limits.timeoutMs;
    const host = {
      write: (stream: string, chunk: Uint8Array) => {
        this.printed.push({ stream, text: Buffer.from(chunk).toString() });
        return true;
      },
      log: (level: LogLevel, message: string) => void this.logs.push({ level, message }),
      call: answeredBy({
        fetch: (request, body) => {
          this.requests.push({ request, body: Buffer.from(body).toString() });
          const { promise, resolve } = Promise.withResolvers<GuestFetchResult>();
          if (respond) resolve(respond(request, body));
          const abort = (): void => {
            this.aborted += 1;
          };
          return { result: promise, abort };
        },
        fetchSend: async ({ upload, last }, piece) => {
          this.sent.push(`${upload}: ${Buffer.from(piece)}${last ? '|' : ''}`);
          return { ok: true };
        },
        fetchCancel: async ({ rest }) => {
          this.cancelled.push(rest);
          return { ok: true };
        },
        ...answers,
      }),
      timeLeftMs: () => deadline - performance.now(),
    };
    this.wasi = openWasi2({
      run,
      host,
      args: ['program', ...run.args.map(String)],
      preopens: ['/'],
    });
    const all = [...this.wasi.interfaces, scriptEngineInterface(host)];
    this.#interfaces = new Map(all.map((each) => [each.name, each]));
  }

  get interfaces(): readonly HostInterface[] {
    return [...this.#interfaces.values()];
  }

  /** @param name `wasi:io/poll#poll` */
  async call(name: string, ...args: HostValue[]): Promise<Outcome> {
    const [interfaceName = '', functionName = ''] = name.split('#');
    const called = this.#interfaces.get(interfaceName)?.functions[functionName];
    if (!called) throw new Error(`${name} is no function of the host`);
    try {
      const result = called.call(...args);
      if (result instanceof Promise && !called.blocks) throw new Error(`${name} must not wait`);
      return await result;
    } catch (error) {
      if (error instanceof ResultError) return { err: error.value };
      const halted = haltOf(error);
      if (!halted) throw error;
      return { ended: 'message' in halted ? halted.message : JSON.stringify(halted) };
    }
  }

  /** A call that gives a resource. */
  async resource(name: string, ...args: HostValue[]): Promise<HostResource> {
    const value = await this.call(name, ...args);
    if (isResource(value)) return value;
    throw new Error(`${name} gave ${inspect(value)}`);
  }

  /** The one directory that is open from the start. */
  async root(): Promise<HostResource> {
    const list = await this.call('wasi:filesystem/preopens#get-directories');
    const root: unknown = Array.isArray(list) && list[0]?.[0];
    if (isResource(root)) return root;
    throw new Error('nothing is open');
  }
}

function isResource(value: unknown): value is HostResource {
  return typeof value === 'object' && value !== null && 'resource' in value;
}

/** What a test compares: resources by their names, bytes as text. */
export function inspect(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(inspect);
  if (isResource(value)) return `<${value.resource}>`;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inspect(each)]));
  }
  return value;
}
