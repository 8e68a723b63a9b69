/**
 * Frames on a byte stream: `u32 header length, u32 body length`, a JSON header, a raw body. What is
 * long belongs into the body: a header is parsed, and parsing takes time and many times its size.
 */

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

/** What the longest error or log entry of a run takes, with room to spare. */
export const MAX_HEADER_BYTES = 4 * 1024 * 1024;
/** Headers up to this are parsed as they are; in longer ones the values are counted first. */
const MAX_UNCOUNTED_BYTES = 64 * 1024;
/** Values in a header. */
const MAX_VALUES = 200_000;

export interface FrameLimits {
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
}

/** The bytes are not a frame, or the frame is too large. */
export class FrameError extends Error {}

/** Cuts a stream of chunks into frames. */
export class FrameReader {
  readonly #limits: FrameLimits;
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Bytes that the next step needs. */
  #wanted = PREFIX_BYTES;

  /** @param limits larger frames are rejected before they are buffered */
  constructor(limits: FrameLimits) {
    this.#limits = limits;
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
      if (headerBytes > this.#limits.maxHeaderBytes || bodyBytes > this.#limits.maxBodyBytes) {
        throw new FrameError(`A frame of ${headerBytes} and ${bodyBytes} bytes is too large`);
      }
      if (bytes.length < total) {
        this.#wanted = total;
        return;
      }
      const bodyStart = PREFIX_BYTES + headerBytes;
      if (headerBytes > MAX_UNCOUNTED_BYTES) countValues(bytes.subarray(PREFIX_BYTES, bodyStart));
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

/** Each value but the first stands behind one of these. */
const separators: ReadonlySet<number> = new Set(Buffer.from('[{,'));
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** @throws {FrameError} where there are too many, whether or not they are JSON */
function countValues(header: Uint8Array): void {
  let values = 1;
  let inText = false;
  for (let at = 0; at < header.length; at++) {
    const byte = header[at] ?? 0;
    if (byte === QUOTE) inText = !inText;
    else if (inText) at += byte === BACKSLASH ? 1 : 0;
    else if (separators.has(byte)) values += 1;
  }
  if (values > MAX_VALUES) throw new FrameError(`A frame has ${values} values in its header`);
}
