/** A sort of request of the soak: what is sent, how often, and what must come back. */

import type { Fixtures } from '../support/servers/hostile-web.ts';

export interface Sort {
  readonly name: string;
  /** How often, against the others. */
  readonly weight: number;
  readonly publish: (fixtures: Fixtures) => string;
  readonly request?: object;
  /** Limits that differ from the patient ones of the soak. */
  readonly limits?: object;
  /** `success`, or the code of the error; where several are right, any of them. */
  readonly expect: string | readonly string[];
  /** @returns what is wrong with the response, if anything */
  readonly check?: (response: SoakResponse, token: string) => string | undefined;
}

export interface SoakResponse {
  readonly result: unknown;
  readonly stdout: string;
  readonly logs: readonly { readonly message: string }[];
}

/** Serves a script or a module; `{origin}` stands for the server of the soak. */
export function script(js: string, extension = 'js'): Sort['publish'] {
  return (fixtures) => fixtures.publish(js.replaceAll('{origin}', fixtures.origin), extension);
}
