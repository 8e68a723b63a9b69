/** The body of a response that the host is still receiving: it is asked for as it is read. */

import type { BodyReadRequest, BodyReadResult, FetchFailed } from '../../../../contract/calls.ts';
import type { Host, HostTask } from '../core/host.ts';
import { parse } from '../core/intrinsics.ts';
import { writeJson } from '../core/json.ts';
import type { ByteSource } from '../streams/streams.ts';
import { placeAt, toError } from './fetch-error.ts';

type Answer = Omit<Extract<BodyReadResult, { ok: true }>, 'body'> | FetchFailed;

export class ArrivingBody implements ByteSource {
  readonly #host: Host;
  readonly #rest: number;
  readonly #frames: string;
  #task: HostTask | null = null;
  #giveUp: (reason: unknown) => void = () => {};
  #isOver = false;

  /**
   * @param rest the host's number for it
   * @param frames where the script has called `fetch`
   */
  constructor(host: Host, rest: number, frames: string) {
    this.#host = host;
    this.#rest = rest;
    this.#frames = frames;
  }

  async read(whole: boolean): Promise<{ readonly bytes: Uint8Array; readonly ended: boolean }> {
    const request: BodyReadRequest = { rest: this.#rest, whole };
    const task = this.#host.start('fetchRead', writeJson(request), new ArrayBuffer(0));
    this.#task = task;
    const { promise, resolve, reject } = Promise.withResolvers<readonly [string, ArrayBuffer]>();
    this.#giveUp = reject;
    const forward = async (): Promise<void> => resolve(await task.promise);
    void forward();
    const [json, bytes] = await promise;
    this.#task = null;
    const answer = parse(json) as Answer;
    this.#isOver = !answer.ok || answer.ended;
    if (answer.ok) return { bytes: new Uint8Array(bytes), ended: answer.ended };
    const error = toError(answer.error, true);
    placeAt(error, this.#frames);
    throw error;
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#task !== null) this.#host.cancel(this.#task);
    else this.#host.start('fetchCancel', writeJson({ rest: this.#rest }), new ArrayBuffer(0));
  }

  fail(reason: unknown): void {
    this.cancel();
    this.#giveUp(reason);
  }
}
