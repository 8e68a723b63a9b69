/** Frames on a byte stream: `u32 header length, u32 body length`, a JSON header, a raw body. */

const PREFIX_BYTES = 8;
const empty = new Uint8Array();

/** Bodies up to this are copied behind their header, which is cheaper than a second write. */
const COPIED_BODY_BYTES = 64 * 1024;

/** @returns the bytes of the frame, in one piece or in two */
export function encodeFrame(message: object, body: Uint8Array = empty): Uint8Array[] {
  const json = JSON.stringify(message);
  const headerBytes = Buffer.byteLength(json);
  const bodyStart = PREFIX_BYTES + headerBytes;
  const copied = body.length <= COPIED_BODY_BYTES;
  const frame = Buffer.allocUnsafe(bodyStart + (copied ? body.length : 0));
  frame.writeUInt32LE(headerBytes, 0);
  frame.writeUInt32LE(body.length, 4);
  frame.write(json, PREFIX_BYTES);
  if (!copied) return [frame, body];
  frame.set(body, bodyStart);
  return [frame];
}

/** Thrown for bytes that are no frame, or one over its size. */
export class FrameError extends Error {}

/** Cuts a stream of chunks into frames. */
export class FrameReader {
  readonly #maxFrameBytes: number;
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Bytes needed before there is anything to do. */
  #wanted = PREFIX_BYTES;

  /** @param maxFrameBytes larger frames are refused before they are buffered */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /**
   * Hands on each frame that is complete.
   * @throws {FrameError} the stream cannot be read on from here
   */
  push(chunk: Buffer, onFrame: (message: unknown, body: Uint8Array) => void): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (this.#buffered >= this.#wanted) {
      const bytes =
        this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks);
      this.#chunks = [bytes];
      const headerBytes = bytes.readUInt32LE(0);
      const bodyBytes = bytes.readUInt32LE(4);
      const total = PREFIX_BYTES + headerBytes + bodyBytes;
      if (total > this.#maxFrameBytes)
        throw new FrameError(`A frame of ${total} bytes is too large`);
      if (bytes.length < total) {
        this.#wanted = total;
        return;
      }
      const bodyStart = PREFIX_BYTES + headerBytes;
      const message = parse(bytes.toString('utf8', PREFIX_BYTES, bodyStart));
      const rest = bytes.subarray(total);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#buffered = rest.length;
      this.#wanted = PREFIX_BYTES;
      onFrame(message, bodyBytes === 0 ? empty : bytes.subarray(bodyStart, total));
    }
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new FrameError('A frame has no JSON header');
  }
}
