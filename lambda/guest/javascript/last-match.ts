/**
 * Whether code reads `RegExp.$1` and the like. To record each match makes regular expressions several
 * times slower, so the realm does so only for code that reads them.
 */

const name = String.raw`(?:\$[\w&+\`']|input|last(?:Match|Paren)|(?:left|right)Context)(?![\w$])`;

/** `RegExp.$1`, `RegExp['$&']`, and `{ $1: year } = RegExp`. */
const reader = new RegExp(
  String.raw`\bRegExp\s*(?:\.\s*${name}|\[)|[{,]\s*${name}[^{}]{0,500}\}\s*=\s*[\w$.]{0,50}\bRegExp\b`,
);

/** `RegExp` under another name, as bundlers give it one. */
const alias = /[=(,:?]\s*RegExp\s*[;,)}:\n]/;
const numbered = /[\w$)]\.\$[1-9](?![\w$])/;

export function readsLastMatch(source: string): boolean {
  // Most code does not mention it: a plain search is ten times as fast.
  if (!source.includes('RegExp')) return false;
  return reader.test(source) || (numbered.test(source) && alias.test(source));
}
