/** What the calls of `require` in a CommonJS module lead to, by the literals that stand in them. */

export type RequireTarget =
  | { readonly kind: 'commonjs' | 'json' | 'module'; readonly url: string }
  | {
      readonly kind: 'failure';
      readonly cause: string;
      readonly causeCode: string | null;
      readonly rule: string | null;
      /** The module is not what it should be: a SyntaxError. */
      readonly isSyntax?: boolean;
    };

export interface RequireTargets {
  readonly [specifier: string]: RequireTarget;
}
