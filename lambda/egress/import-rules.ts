/** Step 1 of egress, who asks: the rules that hold the imports of one run, besides the policy. */

import type { InlineModules } from '../contract/execution.ts';
import { compileHostPatterns, type HostMatcher } from '../settings/host-patterns.ts';
import type { Pins } from './pins.ts';
import type { EgressFailure } from './policy/failure.ts';
import { refusal } from './policy/policy.ts';

/** What the request and the operator say of imports. */
export interface ImportOptions {
  /** Final URL of the code: modules of its origin are its own. */
  readonly codeUrl: string;
  /** The request's `limits.imports.allowedHosts`; `null`: no narrowing. */
  readonly allowedHosts: readonly string[] | null;
  /** Modules that the run may load. */
  readonly maxModules: number;
  /** Whether the run may import what does not stand in the code as a literal. */
  readonly dynamic: boolean;
  /** The request's import map, where imports are held to it (`ENGINE_IMPORTS`); `null`: they are not. */
  readonly map: { readonly [specifier: string]: string } | null;
  readonly pins: Pins | null;
  /** With pins, what has none may come from other origins than the code's, too. */
  readonly unpinned: boolean;
  /** Those that came with the request. */
  readonly inlineModules: InlineModules;
}

/** Judges each hop of an import anew. */
export interface ImportRules {
  /**
   * @param isPinned the hop's content will be checked
   * @returns why the hop must not be sent, or `null`
   */
  judge(url: URL, computed: boolean, isPinned: boolean): EgressFailure | null;
  /** The same of a computed `data:` or `inline:` URL, which has no host and is never sent. */
  judgeUnsent(): EgressFailure | null;
}

/** A list of hosts, and what sets it. */
export interface HostList {
  readonly name: string;
  readonly allows: HostMatcher;
}

/** @param fetchHosts those that hold the requests of the run */
export function createImportRules(
  options: ImportOptions,
  fetchHosts: readonly HostList[],
): ImportRules {
  const { codeUrl, allowedHosts, dynamic, map, pins, unpinned } = options;
  const codeOrigin = URL.parse(codeUrl)?.origin ?? null;
  const isMapped = map === null ? () => true : addressMatcher(map);
  const narrowed: readonly HostList[] =
    allowedHosts === null
      ? []
      : [{ name: 'limits.imports.allowedHosts', allows: compileHostPatterns(allowedHosts) }];
  const ofComputed = [...narrowed, ...fetchHosts];

  return {
    judgeUnsent: () => (dynamic ? null : notDynamic()),
    judge(url, computed, isPinned) {
      if (computed && !dynamic) return notDynamic();
      const list = (computed ? ofComputed : narrowed).find(({ allows }) => !allows(url.hostname));
      if (list !== undefined) {
        const whose = computed ? 'an import() that computes its URL' : 'imports';
        return refusal(
          'host',
          `The host "${url.hostname}" is not on the list of hosts for ${whose} (${list.name}).`,
        );
      }
      if (url.origin === codeOrigin) return null;
      if (!isMapped(url)) {
        return refusal(
          'import-map',
          `"${url.origin}" is not the origin of the code, and the request's \`imports\` name no such URL (ENGINE_IMPORTS).`,
        );
      }
      return pins === null || unpinned || isPinned
        ? null
        : refusal(
            'integrity',
            `"${url.origin}" is not the origin of the code, and \`integrity\` has no value for this URL: give it one, or set \`unpinned\`.`,
          );
    },
  };
}

function notDynamic(): EgressFailure {
  return refusal(
    'dynamic',
    'The URL does not stand in the code as a literal, and this run may load no other (limits.imports.dynamic).',
  );
}

/** Whether an import map gives a URL: by itself, or as one that begins as a whole folder does. */
function addressMatcher(map: { readonly [specifier: string]: string }): (url: URL) => boolean {
  const exact = new Set<string>();
  const folders: string[] = [];
  for (const [specifier, address] of Object.entries(map)) {
    const href = URL.parse(address)?.href;
    if (href === undefined) continue;
    if (specifier.endsWith('/')) folders.push(href);
    exact.add(href);
  }
  return ({ href }) => exact.has(href) || folders.some((folder) => href.startsWith(folder));
}
