/**
 * How a run starts: from a memory image of its compiled code, where there is one; else it compiles the
 * code and takes one. The globals of the request are set after that, so that no image has any of them.
 */

import { emptyInputs } from '../../../contract/run-inputs.ts';
import { scriptGlobals } from '../bridge/script-globals.ts';
import type { KeptImage } from '../code/code-images.ts';
import type { GuestModules } from '../guest-modules.ts';
import { readsLastMatch } from '../last-match.ts';
import { setPositions } from '../modules/realm-positions.ts';
import type { GuestRun } from './guest-run.ts';

/** What the realm has without being sent anything. */
const EMPTY_GLOBALS_JSON = JSON.stringify(scriptGlobals(emptyInputs));

/** Evaluates a script. */
export function startScript(run: GuestRun): void {
  const { realm, entry, images, message } = run;
  const { url, sha256, entrypoint } = message;
  const key = images.key(sha256, entry.text.length, 'script', entry.language, url);
  const kept = findImage(run, key);
  // Nothing has run in it yet.
  if (realm.laid !== (kept?.image ?? null)) lay(run, kept);
  run.parsing = true;
  let script = kept?.script ?? null;
  if (script === null) {
    setPositions(realm, url, entry.prepared);
    if (readsLastMatch(entry.text)) realm.enter('recordMatches');
    script = realm.compileScript(entry.prepared.text, url);
    const image = key === null ? null : realm.capture();
    if (key !== null && image !== null)
      images.keep(key, { image, script, evaluatedImports: 0, pureImports: 0 });
  }
  run.host.started(entry.language);
  setInputs(run, false);
  const evaluation = realm.evaluateScript(script);
  run.parsing = false;
  realm.enter('trackScript', evaluation, entrypoint ?? undefined);
}

/**
 * Evaluates a module. All that it imports has been loaded.
 * @param isFresh nothing has run in the realm yet, not even its event loop
 */
export function startModule(run: GuestRun, modules: GuestModules, isFresh: boolean): void {
  const { realm, images, services, message } = run;
  const { imports, entrypoint } = message;
  const key = images.key(
    message.sha256,
    modules.sourceLength(),
    'module',
    message.url,
    JSON.stringify(imports),
    modules.fingerprint(),
  );
  const kept = findImage(run, key);
  if (!isFresh || realm.laid !== (kept?.image ?? null)) lay(run, kept);
  if (kept === null) modules.compile();
  else modules.restored();
  run.host.started(run.entry.language);
  let isAsked = false;
  services.add({
    inputs() {
      isAsked = true;
      return JSON.stringify([message.inputJson, globalsJsonOf(run)]);
    },
  });
  const isShielded = key !== null && evaluateImports(run, modules, key, kept);
  if (!isAsked) setInputs(run, isShielded);
  realm.enter('trackModule', modules.evaluate(), entrypoint ?? undefined, modules.isCommonJs);
}

/**
 * Evaluates the imports of the code before it, for as long as they touch nothing outside of the realm,
 * and keeps an image of that. The first that does touch something, and all that comes after it, is
 * evaluated with the code, in each run; where there were some before it, the next run keeps an image
 * of those.
 * @returns whether the globals of the request are shielded now
 */
function evaluateImports(
  { realm, images }: GuestRun,
  modules: GuestModules,
  key: string,
  kept: KeptImage | null,
): boolean {
  const image = kept?.image ?? realm.capture();
  if (image === null) return false;
  const urls = modules.importsInOrder();
  const evaluated = kept?.evaluatedImports ?? 0;
  const most = kept?.pureImports ?? urls.length;
  const keep = (changed: Partial<KeptImage>): void => {
    images.keep(key, {
      image,
      script: null,
      evaluatedImports: evaluated,
      pureImports: 0,
      ...changed,
    });
  };
  if (evaluated === most) {
    if (kept === null) keep({});
    return evaluated > 0;
  }
  const isShielded = (): boolean => realm.text(realm.enter('isShielded')) === 'true';
  realm.enter('shield');
  let count = evaluated;
  while (count < most && realm.evaluateWatched(urls[count] ?? '') && isShielded()) count += 1;
  const evaluatedImage = count === most ? realm.capture() : null;
  if (evaluatedImage === null) keep({ pureImports: count });
  else keep({ image: evaluatedImage, evaluatedImports: count, pureImports: count });
  return true;
}

function findImage({ images, message }: GuestRun, key: string | null): KeptImage | null {
  return images.find(key, message.limits.memoryBytes);
}

function lay({ realm }: GuestRun, kept: KeptImage | null): void {
  if (!realm.lay(kept?.image ?? null)) throw new Error('The realm cannot be made pristine.');
}

/** @param isShielded whether accessors stand in the place of the globals */
function setInputs(run: GuestRun, isShielded: boolean): void {
  const { inputJson } = run.message;
  const globalsJson = globalsJsonOf(run);
  if (isShielded || inputJson !== null || globalsJson !== EMPTY_GLOBALS_JSON) {
    run.realm.enter('begin', inputJson ?? undefined, globalsJson);
  }
}

function globalsJsonOf({ message }: GuestRun): string {
  return JSON.stringify(scriptGlobals(message));
}
