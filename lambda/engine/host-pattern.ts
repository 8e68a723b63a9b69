import { compileHostPatterns } from '../egress/hosts.ts';

/** Whether the egress policy understands a text as a host pattern. */
export function isHostPattern(text: string): boolean {
  try {
    compileHostPatterns([text]);
    return true;
  } catch {
    return false;
  }
}
