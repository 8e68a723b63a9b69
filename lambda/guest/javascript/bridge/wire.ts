/** The tree in which arguments and results of `crypto.subtle` cross the bridge. */

/** Place of bytes among those that go with the tree. */
export type Place = readonly [offset: number, length: number];

/** A tree; both ends are called `crypto-wire.ts`. */
export type Wire =
  | null
  | boolean
  | number
  | string
  | { readonly kind: 'undefined' }
  | { readonly kind: 'bytes'; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly Wire[] }
  | { readonly kind: 'record'; readonly members: { readonly [name: string]: Wire } }
  | {
      readonly kind: 'key';
      readonly type: string;
      readonly extractable: boolean;
      readonly algorithm: Wire;
      readonly usages: readonly string[];
      /** Raw, PKCS #8 or SPKI, by the key's type. */
      readonly material: Place;
    };
