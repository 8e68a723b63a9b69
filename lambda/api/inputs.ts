/** The request's `inputs`: many of them, in place of `input`. */

import * as z from 'zod';
import type { Complaint } from './files.ts';

const MAX_INPUTS = 1000;

/** Fields of the request's schema. */
export const inputFields = {
  input: z
    .unknown()
    .optional()
    .meta({
      description:
        'JavaScript: the global `input`. WebAssembly: its JSON text is on stdin where `stdin` is absent.',
      examples: [{ name: 'Ada' }],
    }),
  inputs: z
    .array(z.unknown())
    .min(1, 'is empty')
    .max(MAX_INPUTS, `has more than ${MAX_INPUTS} inputs`)
    .optional()
    .meta({
      description:
        'In place of `input`: the code is run once for each, and `results` of the response has what each run came to.',
      examples: [[{ name: 'Ada' }, { name: 'Grace' }]],
    }),
};

interface InputFields {
  readonly input?: unknown;
  readonly inputs?: readonly unknown[] | undefined;
}

interface InputTexts {
  readonly inputJson: string | null;
  readonly batch: readonly string[] | null;
}

/** @param complain called where there are both; the result is then not to be used */
export function inputTexts(
  { input, inputs }: InputFields,
  complain: (complaint: Complaint) => void,
): InputTexts {
  if (input !== undefined && inputs !== undefined) {
    complain({ path: 'inputs', reason: 'cannot be there with `input`: a request has one of them' });
  }
  return {
    inputJson: input === undefined ? null : JSON.stringify(input),
    batch: inputs === undefined ? null : inputs.map((one) => JSON.stringify(one)),
  };
}
