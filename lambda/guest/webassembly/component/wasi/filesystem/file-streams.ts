/** Streams over the content of a file, which keep it open. */

import { contentFrom, openFile, writeAt } from '../../../../files/contents.ts';
import { WasiFailure } from '../../../../files/failure.ts';
import type { FileNode } from '../../../../files/filesystem.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { closed, failed } from '../io/error.ts';
import type { ByteSource } from '../io/input-stream.ts';
import { type ByteSink, unhindered } from '../io/output-stream.ts';
import { always } from '../io/readiness.ts';
import { errorCode } from './error-code.ts';

export function fileSource(
  { files, goesOn }: Wasi2Context,
  node: FileNode,
  offset: bigint,
): ByteSource {
  let position = offset;
  return {
    read(max) {
      goesOn();
      const rest = contentFrom(node, position);
      if (rest.length === 0 && max > 0) throw closed();
      const piece = rest.slice(0, max);
      position += BigInt(piece.length);
      files.touch(node);
      return piece;
    },
    readiness: always,
    close: openFile(files, node),
  };
}

/** @param offset where the first write goes; `end` for each to go behind what is there */
export function fileSink(
  { files, holdings }: Wasi2Context,
  node: FileNode,
  offset: bigint | 'end',
): ByteSink {
  let position = offset;
  return {
    ...unhindered,
    write(bytes) {
      try {
        writeAt(files, node, position === 'end' ? BigInt(node.size) : position, bytes);
      } catch (error) {
        if (!(error instanceof WasiFailure)) throw error;
        const code = errorCode(error);
        throw failed(holdings, `writing the file: ${code}`, { filesystem: code });
      }
      if (position !== 'end') position += BigInt(bytes.length);
    },
    close: openFile(files, node),
  };
}
