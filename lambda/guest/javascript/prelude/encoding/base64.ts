/** `atob` and `btoa`. */

import { DOMException } from '../core/dom-exception.ts';
import type { Prelude } from '../core/host.ts';
import { operation, toDomString } from '../core/webidl.ts';

export function installBase64({ define, host }: Prelude): void {
  define(
    {
      /** @see https://infra.spec.whatwg.org/#forgiving-base64-decode */
      atob: operation(
        'atob',
        (data: unknown): string => {
          let text = toDomString(data).replace(/[\t\n\f\r ]/g, '');
          if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
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

function invalidCharacter(): DOMException {
  return new DOMException('Invalid character', 'InvalidCharacterError');
}
