/** Step 5 of egress, the response: zstd, of which a body may have more than one frame (RFC 8878 §3). */

import { Transform, type TransformCallback } from 'node:stream';
import zlib from 'node:zlib';

/** Each costs a decoder: a hostile server sends empty ones, of nine bytes. Seekable files have one for some 100 KB. */
const MAX_FRAMES = 1024;
/** RFC 9659 §3: a window of at most 8 MiB. */
const MAX_WINDOW_LOG = 23;

type FrameDecoder = ReturnType<typeof zlib.createZstdDecompress>;

/**
 * Decodes frames that follow each other. Node.js's own decoder ends with the first of them, and drops
 * the rest of what it was given at once without a word.
 */
export class ZstdFrames extends Transform {
  #decoder: FrameDecoder = this.#open();
  #frames = 0;
  /** Bytes that the decoder was given; of these it has taken `bytesWritten`. */
  #given = 0;

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    const decoder = this.#decoder;
    this.#given += chunk.length;
    decoder.write(chunk, (error) => {
      if (error) return done(error);
      const left = this.#given - decoder.bytesWritten;
      if (left === 0) return done();
      this.#frames += 1;
      if (this.#frames === MAX_FRAMES) return done(new Error(`more than ${MAX_FRAMES} frames`));
      const next = (): void => {
        this.#decoder = this.#open();
        this.#given = 0;
        this._transform(chunk.subarray(chunk.length - left), encoding, done);
      };
      // The frame is over; its last bytes may still wait for a reader.
      if (decoder.readableEnded) next();
      else decoder.once('end', next);
    });
  }

  override _flush(done: TransformCallback): void {
    this.#decoder.once('end', () => done());
    this.#decoder.end();
  }

  override _read(size: number): void {
    this.#decoder.resume();
    super._read(size);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#decoder.destroy();
    super._destroy(error, done);
  }

  #open(): FrameDecoder {
    const params = { [zlib.constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG };
    const decoder = zlib.createZstdDecompress({ params });
    decoder.on('data', (decoded: Buffer) => {
      if (!this.push(decoded)) decoder.pause();
    });
    decoder.on('error', (error) => this.destroy(error));
    return decoder;
  }
}
