/** The batches that one process has been sent. */

import type { RunLimits } from '../contract/protocol.ts';
import type { Batch, Order } from './order.ts';
import type { SandboxProcess } from './process.ts';

/** Each takes the memory of its code and files; of more batches at once, some are sent again. */
const SLOTS = 4;

export class SentBatches {
  readonly #process: SandboxProcess;
  /** By slot. */
  readonly #batches: (Batch | null)[] = Array.from({ length: SLOTS }, () => null);
  #nextSlot = 0;

  constructor(process: SandboxProcess) {
    this.#process = process;
  }

  has(batch: Batch): boolean {
    return this.#batches.includes(batch);
  }

  /**
   * Sends a run of a batch, and the batch before it where the process does not have it.
   * @returns the limits of the run, which ends with its batch
   */
  send(batch: Batch, { job }: Order, runId: number): RunLimits {
    const slot = this.#slotOf(batch);
    const { limits } = job;
    const timeoutMs = Math.max(1, Math.min(limits.timeoutMs, batch.deadlineMs - performance.now()));
    const input = Buffer.from(job.inputJson ?? 'null');
    this.#process.send({ type: 'item', slot, runId, timeoutMs }, input);
    if (timeoutMs === limits.timeoutMs) return limits;
    return { ...limits, timeoutMs, cpuMs: Math.min(limits.cpuMs, timeoutMs) };
  }

  #slotOf(batch: Batch): number {
    const known = this.#batches.indexOf(batch);
    if (known !== -1) return known;
    const free = this.#batches.indexOf(null);
    const slot = free === -1 ? this.#nextSlot : free;
    this.#nextSlot = (slot + 1) % SLOTS;
    this.#batches[slot] = batch;
    this.#process.send({ type: 'batch', slot, job: batch.job }, batch.code);
    return slot;
  }

  /** No more runs of the batch will come. */
  end(batch: Batch): void {
    const slot = this.#batches.indexOf(batch);
    if (slot === -1) return;
    this.#batches[slot] = null;
    this.#process.send({ type: 'batch-end', slot });
  }
}
