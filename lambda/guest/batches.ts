/**
 * Batches: runs that differ in their input only. The sandbox is sent once what they have in common, and
 * loads what their code imports once: their code and its modules are the same for all of them.
 */

import type { CallName, CallRequest, CallResult } from '../contract/calls.ts';
import type { BatchMessage, ItemMessage, RunJob, RunMessage } from '../contract/protocol.ts';
import type { PendingCall, RunHost } from './runtime/runtime.ts';

interface Batch {
  readonly job: RunJob;
  readonly code: Uint8Array;
  readonly imports: BatchImports;
}

/** A run of a batch, as if it had come by itself. */
export interface ItemRun {
  readonly message: RunMessage;
  readonly code: Uint8Array;
  readonly imports: BatchImports;
}

export class Batches {
  readonly #bySlot = new Map<number, Batch>();

  begin({ slot, job }: BatchMessage, code: Uint8Array): void {
    this.#bySlot.set(slot, { job, code, imports: new BatchImports() });
  }

  end(slot: number): void {
    this.#bySlot.delete(slot);
  }

  /** @throws {Error} the host has sent no batch for the slot */
  runOf({ slot, runId, timeoutMs }: ItemMessage, input: Uint8Array): ItemRun {
    const batch = this.#bySlot.get(slot);
    if (batch === undefined) throw new Error('The host sent an item without its batch.');
    const { job, code, imports } = batch;
    const { limits } = job;
    const message: RunMessage = {
      ...job,
      type: 'run',
      runId,
      codeKept: false,
      inputJson: Buffer.from(input.buffer, input.byteOffset, input.length).toString(),
      limits:
        timeoutMs >= limits.timeoutMs
          ? limits
          : { ...limits, timeoutMs, cpuMs: Math.min(limits.cpuMs, timeoutMs) },
    };
    return { message, code, imports };
  }
}

type LoadedModule = Extract<CallResult<'import'>, { ok: true }>;

/** Modules are kept up to this; those beyond are asked for again. */
const MAX_IMPORT_BYTES = 32 * 1024 * 1024;

/** Modules that stand in the code of a batch as literals, by the URLs that it names. */
export class BatchImports {
  readonly #modules = new Map<string, LoadedModule>();
  #bytes = 0;

  /** The host as the runs of the batch see it: it is asked once for each module. */
  answerFor(host: RunHost): RunHost {
    return {
      ...host,
      batch: this,
      call: <Name extends CallName>(
        name: Name,
        request: CallRequest<Name>,
        body?: Uint8Array,
      ): PendingCall<Name> => {
        const url = literalImport(name, request);
        const known = url === null ? undefined : this.#modules.get(url);
        // Only imports are known.
        if (known !== undefined) return settled(known) as unknown as PendingCall<Name>;
        const call = host.call(name, request, body);
        if (url !== null) void call.result.then((result) => this.#keep(url, result));
        return call;
      },
    };
  }

  #keep(url: string, result: CallResult): void {
    if (!('sha256' in result) || this.#modules.has(url)) return;
    this.#bytes += result.body.length;
    if (this.#bytes <= MAX_IMPORT_BYTES) this.#modules.set(url, result);
  }
}

/** What a run computes is a request of its own, which it is charged for. */
function literalImport(name: CallName, request: CallRequest): string | null {
  return name === 'import' && 'computed' in request && !request.computed ? request.url : null;
}

function settled(module: LoadedModule): PendingCall<'import'> {
  return { result: Promise.resolve(module), abort() {} };
}
