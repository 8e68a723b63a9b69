/** The body of a streamed answer: frames events, slows down whoever tells them, and never fails. */

import { Readable } from 'node:stream';
import type { ExecutionEvent, Readiness } from '../contract/execution.ts';
import type { StreamFormat } from './accept.ts';
import { cutText } from './payload/payload.ts';
import { itemBody } from './response.ts';

/** Bytes that may wait for the reader. */
const HIGH_WATER_BYTES = 64 * 1024;
/** So that nobody on the way takes the connection for dead. */
const MAX_SILENCE_MS = 10_000;

/** Of output without its text. */
const FRAME_BYTES = 64;

export interface EventStreamOptions {
  readonly format: StreamFormat;
  /** Of all events but the last; what is printed beyond it is dropped. */
  readonly maxBytes: number;
  /** The reader has gone before the end. */
  readonly onGone: () => void;
  readonly maxSilenceMs?: number;
}

export class EventStream {
  readonly body: Readable;
  /** Output or log entries were dropped. */
  readonly truncated = { stdout: false, stderr: false, log: false };
  readonly #format: StreamFormat;
  readonly #maxBytes: number;
  readonly #maxSilenceMs: number;
  #bytes = 0;
  #isFull = false;
  /** Output that may grow yet: what arrives together leaves in one event. */
  #printed: { readonly event: 'stdout' | 'stderr'; text: string } | null = null;
  /** Framed, and not handed over yet. */
  #framed = '';
  #turn: NodeJS.Immediate | null = null;
  #ready: PromiseWithResolvers<void> | null = null;
  #silence: NodeJS.Timeout | null = null;

  constructor({ format, maxBytes, onGone, maxSilenceMs = MAX_SILENCE_MS }: EventStreamOptions) {
    this.#format = format;
    this.#maxBytes = maxBytes;
    this.#maxSilenceMs = maxSilenceMs;
    this.body = new Readable({
      highWaterMark: HIGH_WATER_BYTES,
      read: () => this.#setReady(),
      destroy: (_error, done) => {
        this.#close();
        // Read to its end, it is closed as well.
        if (!this.body.readableEnded) onGone();
        // Whoever reads knows why it has gone.
        done(null);
      },
    });
  }

  /** Bytes of all events until now. */
  get bytes(): number {
    return this.#bytes;
  }

  send(told: ExecutionEvent): Readiness {
    if (this.body.destroyed) return null;
    if (told.event === 'stdout' || told.event === 'stderr') {
      if (this.#printed?.event !== told.event) {
        this.#framePrinted();
        this.#printed = { event: told.event, text: '' };
      }
      this.#printed.text += told.data.text;
      if (this.#printed.text.length >= HIGH_WATER_BYTES) this.#framePrinted();
    } else {
      this.#framePrinted();
      const json = told.event === 'item' ? itemBody(told.data) : JSON.stringify(told.data);
      const frame = this.#frameOf(told.event, json);
      if (told.event === 'start' || this.#hasRoom(frame)) this.#add(frame);
      // An item that is dropped here is in the last event.
      else if (told.event === 'log') this.truncated.log = true;
    }
    this.#turn ??= setImmediate(() => this.#flush());
    const waiting = this.body.readableLength + this.#framed.length;
    if (waiting + (this.#printed?.text.length ?? 0) < HIGH_WATER_BYTES) return null;
    this.#ready ??= Promise.withResolvers();
    return this.#ready.promise;
  }

  /** @param json of the last event, which is sent whatever the others had */
  end(json: string): void {
    if (this.body.destroyed) return;
    this.#framePrinted();
    this.#add(this.#frameOf('end', json));
    this.#flush();
    this.#close();
    this.body.push(null);
  }

  #framePrinted(): void {
    if (this.#printed === null) return;
    const { event, text } = this.#printed;
    this.#printed = null;
    let frame = this.#frameOf(event, JSON.stringify({ text }));
    if (!this.#hasRoom(frame)) {
      this.truncated[event] = true;
      if (this.#isFull) return;
      this.#isFull = true;
      const kept = cutText(text, this.#maxBytes - this.#bytes - FRAME_BYTES);
      if (kept === '') return;
      frame = this.#frameOf(event, JSON.stringify({ text: kept }));
    }
    this.#add(frame);
  }

  #hasRoom(frame: string): boolean {
    return !this.#isFull && this.#bytes + Buffer.byteLength(frame) <= this.#maxBytes;
  }

  #add(frame: string): void {
    this.#framed += frame;
    this.#bytes += Buffer.byteLength(frame);
  }

  /** JSON has no line breaks in it, so that no text can end an event or begin another one. */
  #frameOf(event: string, json: string): string {
    return this.#format === 'events'
      ? `event: ${event}\ndata: ${json}\n\n`
      : `{"event":"${event}","data":${json}}\n`;
  }

  #flush(): void {
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#turn = null;
    this.#framePrinted();
    if (this.#framed === '' || this.body.destroyed) return;
    const framed = this.#framed;
    this.#framed = '';
    this.body.push(framed);
    if (this.#silence === null) {
      this.#silence = setTimeout(() => this.#breakSilence(), this.#maxSilenceMs);
    } else this.#silence.refresh();
  }

  #breakSilence(): void {
    // A reader that is behind has something to read.
    if (this.body.readableLength === 0) {
      this.body.push(this.#format === 'events' ? ':\n\n' : '{"event":"","data":null}\n');
    }
    this.#silence?.refresh();
  }

  #setReady(): void {
    this.#ready?.resolve();
    this.#ready = null;
  }

  #close(): void {
    if (this.#turn !== null) clearImmediate(this.#turn);
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#turn = null;
    this.#silence = null;
    this.#setReady();
  }
}
