/** The guest's `TextEncoder`, `TextDecoder`, `atob` and `btoa`, served by Node.js. */

import type { BridgeOperations, BridgeValue } from '../bridge/bridge.ts';
import { named } from './failure.ts';

function bytesOf(value: BridgeValue): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

export const encodingOperations: BridgeOperations = {
  'encoding.encode': (text) => new TextEncoder().encode(String(text)),

  /** @returns the encoding's name for one of its labels */
  'encoding.name': (label) => named(() => new TextDecoder(String(label)).encoding),

  'encoding.decode': (encoding, fatal, ignoreBOM, bytes) =>
    named(() =>
      new TextDecoder(String(encoding), {
        fatal: fatal === true,
        ignoreBOM: ignoreBOM === true,
      }).decode(bytesOf(bytes)),
    ),

  /** @param stream more bytes may follow: an unfinished sequence at the end is no error */
  'encoding.decodePart': (encoding, fatal, stream, bytes) =>
    named(() =>
      new TextDecoder(String(encoding), { fatal: fatal === true }).decode(bytesOf(bytes), {
        stream: stream === true,
      }),
    ),

  /** @param text base64 without white space */
  'base64.decode': (text) => Buffer.from(String(text), 'base64').toString('latin1'),

  /** @param text characters up to U+00FF, each a byte */
  'base64.encode': (text) => Buffer.from(String(text), 'latin1').toString('base64'),
};
