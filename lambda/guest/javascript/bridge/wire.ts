/** The tree that arguments and results of `crypto.subtle` cross the bridge as. */

/** Where bytes are among those that accompany the tree. */
export type Place = readonly [offset: number, length: number];

/** A tree. Both ends read and write it in a `crypto-wire.ts`. */
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
