/**
 * `URLPattern`: a well-kept implementation that runs in the guest, so that regular expressions which
 * take for ever are stopped like any other code of a script.
 */

import { URLPattern } from 'urlpattern-polyfill/urlpattern';
import type { Prelude } from './host.ts';
import { exposeInterface } from './webidl.ts';

// Not among the standard's members.
Reflect.deleteProperty(URLPattern, 'compareComponent');
exposeInterface(URLPattern, 'URLPattern');

export function installUrlPattern({ define }: Prelude): void {
  define({ URLPattern });
}
