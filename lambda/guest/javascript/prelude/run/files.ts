/** The global `files`: the files of the request, and those that the run makes. */

import { toArrayBuffer, viewBytes } from '../core/bytes.ts';
import type { HostValue, Prelude } from '../core/host.ts';
import {
  Bytes,
  defineProperty,
  ErrorClass,
  freeze,
  getPrototypeOf,
  indexOf,
  parse,
  slice,
  TypeErrorClass,
} from '../core/intrinsics.ts';
import { decodeUtf8 } from '../encoding/encoding.ts';

const errorPrototype: unknown = ErrorClass.prototype;

export function installFiles({ define, host }: Prelude): void {
  /** Errors of the host's have a `code`, as those of Node.js do: their messages begin with it. */
  function call(operation: string, path: unknown, data?: HostValue): HostValue {
    if (typeof path !== 'string') throw new TypeErrorClass(operation + ': path must be a text');
    try {
      return data === undefined ? host.call(operation, path) : host.call(operation, path, data);
    } catch (error) {
      const failure = error as Error;
      if (getPrototypeOf(failure) === errorPrototype) {
        const value = slice(failure.message, 0, indexOf(failure.message, ':'));
        defineProperty(failure, 'code', {
          __proto__: null,
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        } as PropertyDescriptor);
      }
      throw failure;
    }
  }

  const read = (path: unknown): Uint8Array => new Bytes(call('files.read', path) as ArrayBuffer);

  const files = {
    read(path: unknown): Uint8Array {
      return read(path);
    },
    text(path: unknown): string {
      return decodeUtf8(read(path));
    },
    write(path: unknown, data: unknown): void {
      if (typeof data === 'string') {
        call('files.write', path, data);
        return;
      }
      const bytes = viewBytes(data);
      if (bytes === null) throw new TypeErrorClass('files.write: data must be a text or bytes');
      call('files.write', path, toArrayBuffer(bytes));
    },
    list(): string[] {
      return parse(host.call('files.list') as string) as string[];
    },
  };
  define({ files: freeze(files) }, { enumerable: true });
}
