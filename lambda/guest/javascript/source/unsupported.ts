/** Constructs of JavaScript, or of what is made into it, that no engine or not this one compiles. */

const constructs: readonly (readonly [construct: RegExp, said: string])[] = [
  [/^\s*(?:export\s+(?:default\s+)?)?@[\w(]/, 'decorators are not supported'],
  [/^\s*import\s+(?:source|defer)\b/, '`import source` and `import defer` are not supported'],
  [
    /^\s*(?:await\s+)?using\s+[\w$]/,
    '`using` may stand in blocks, functions and modules, not at the top of a script',
  ],
];

/**
 * What an error of syntax is about.
 * @param line the line of the source where the error is
 */
export function unsupportedConstruct(line: string): string | null {
  return constructs.find(([construct]) => construct.test(line))?.[1] ?? null;
}
