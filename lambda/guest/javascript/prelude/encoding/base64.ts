/** `atob` and `btoa`. */

import { DOMException } from '../core/dom-exception.ts';
import type { Prelude } from '../core/host.ts';
import { toDomString } from '../core/webidl/conversion.ts';
import { operation } from '../core/webidl/interface.ts';

export function installBase64({ define, host }: Prelude): void {
  define(
    {
      /** @see https://infra.spec.whatwg.org/#forgiving-base64-decode */
      atob: operation(
        'atob',
        (data: unknown): string => {
          const text = withoutPadding(toDomString(data));
          if (/[^A-Za-z0-9+/]/.test(text)) throw invalidCharacter();
          if (text.length % 4 === 1) {
            throw new DOMException(
              'The string to be decoded is not correctly encoded.',
              'InvalidCharacterError',
            );
          }
          return host.call('base64.decode', text) as string;
        },
        ['data'],
      ),
      btoa: operation(
        'btoa',
        (data: unknown): string => {
          const text = toDomString(data);
          if (/[^\0-\xff]/.test(text)) {
            throw invalidCharacter();
          }
          return host.call('base64.encode', text) as string;
        },
        ['data'],
      ),
    },
    { enumerable: true },
  );
}

/**
 * Decodes base64 for the platform itself. @returns `null` where the text is not base64
 * @see https://infra.spec.whatwg.org/#forgiving-base64-decode
 */
export function fromBase64(encoded: string): Uint8Array | null {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const text = withoutPadding(encoded);
  if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    bits = ((bits << 6) | alphabet.indexOf(text.charAt(index))) & 0xffffff;
    const filled = (index % 4) * 2;
    if (filled > 0) bytes[length++] = bits >> (6 - filled);
  }
  return bytes;
}

function withoutPadding(encoded: string): string {
  const text = encoded.replace(/[\t\n\f\r ]/g, '');
  return text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
}

function invalidCharacter(): DOMException {
  return new DOMException('Invalid character', 'InvalidCharacterError');
}
