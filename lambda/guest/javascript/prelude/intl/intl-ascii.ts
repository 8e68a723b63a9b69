/**
 * Compares printable ASCII as the root collation does, without a call of the host for every pair
 * that a sort looks at. English has no rules of its own for these characters.
 * @see https://unicode.org/reports/tr35/tr35-collation.html#Root_Collation
 */

const order =
  ' _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ';

/** Primary weight by character code: the same for both cases of a letter; 0 where it is not printable. */
const weights = new Uint8Array(128);
for (const [index, character] of [...order].entries()) {
  const isUpper = character >= 'A' && character <= 'Z';
  weights[character.charCodeAt(0)] = isUpper ? index : index + 1;
}

/** @returns -1, 0 or 1; `undefined` where a text is not printable ASCII */
export function compareAscii(first: string, second: string): number | undefined {
  const length = Math.min(first.length, second.length);
  let byCase = 0;
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [first.charCodeAt(index), second.charCodeAt(index)];
    const [weightA, weightB] = [weights[a], weights[b]];
    if (!weightA || !weightB) return undefined;
    if (weightA !== weightB)
      return isAscii(first, second, index) ? sign(weightA - weightB) : undefined;
    // Lower case goes first, where the texts differ in case only.
    if (byCase === 0) byCase = sign(b - a);
  }
  if (!isAscii(first, second, length)) return undefined;
  return sign(first.length - second.length) || byCase;
}

/** The rest counts too: it might begin with a mark that changes the character before it. */
function isAscii(first: string, second: string, from: number): boolean {
  return isPrintable(first, from) && isPrintable(second, from);
}

function isPrintable(text: string, from: number): boolean {
  for (let index = from; index < text.length; index += 1) {
    if (!weights[text.charCodeAt(index)]) return false;
  }
  return true;
}

function sign(difference: number): number {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}
