/** Reads a setting that is a number. */

/** Reads one value; `null` where the text is not one. */
export interface Reader<Value> {
  (text: string): Value | null;
  /** What to say where it is not. */
  readonly expected: string;
}

/** A plain decimal integer: no sign, no unit, no exponent. */
export function wholeReader(min: number, max: number): Reader<number> {
  const read = (text: string) => {
    const value = Number(text);
    return /^\d{1,15}$/.test(text) && value >= min && value <= max ? value : null;
  };
  return Object.assign(read, {
    expected: `must be a whole number from ${min} to ${max}, in digits only`,
  });
}
