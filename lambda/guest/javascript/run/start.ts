/**
 * How a run starts: from a memory image of its compiled code, where there is one; else it compiles the
 * code and takes one. The globals of the request are set after that, so that no image has any of them.
 */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { emptyInputs } from '../../../contract/run-inputs.ts';
import { scriptGlobals } from '../bridge/script-globals.ts';
import type { KeptImage } from '../code/code-images.ts';
import type { GuestModules } from '../guest-modules.ts';
import { readsLastMatch } from '../last-match.ts';
import { pointerOf } from '../machine/raw-machine.ts';
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
      images.keep(key, { image, script, evaluation: null, evaluated: 0, pure: 0 });
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
      return JSON.stringify([message.inputJson, JSON.stringify(scriptGlobals(message))]);
    },
  });
  const begun = key === null ? notBegun : evaluateAhead(run, modules, key, kept);
  if (!isAsked) setInputs(run, begun.isShielded);
  const evaluation = begun.evaluation ?? modules.evaluate();
  realm.enter('trackModule', evaluation, entrypoint ?? undefined, modules.isCommonJs);
}

/** What has been evaluated before the globals of the request are set. */
interface Begun {
  /** Whether accessors stand in the place of the globals. */
  readonly isShielded: boolean;
  /** What to give to `trackModule`; `null` where the code itself is still to be evaluated. */
  readonly evaluation: QuickJSHandle | null;
}

const notBegun: Begun = { isShielded: false, evaluation: null };

/**
 * Evaluates the imports of the code, and then the code itself, for as long as they touch nothing outside
 * of the realm, and keeps an image of that. The first that does touch something, and all that comes after
 * it, is evaluated in each run; where there were some before it, the next run keeps an image of those.
 */
function evaluateAhead(
  { realm, images, message }: GuestRun,
  modules: GuestModules,
  key: string,
  kept: KeptImage | null,
): Begun {
  if (kept !== null && kept.evaluation !== null) {
    return { isShielded: false, evaluation: realm.valueAt(kept.evaluation) };
  }
  const image = kept?.image ?? realm.capture();
  if (image === null) return notBegun;
  const urls = modules.inOrder();
  const evaluated = kept?.evaluated ?? 0;
  const most = kept?.pure ?? urls.length;
  const keep = (changed: Partial<KeptImage>): void => {
    images.keep(key, { image, script: null, evaluation: null, evaluated, pure: 0, ...changed });
  };
  if (evaluated === most) {
    if (kept === null) keep({});
    return { isShielded: evaluated > 0, evaluation: null };
  }
  const isShielded = (): boolean => realm.text(realm.enter('isShielded')) === 'true';
  realm.enter('shield');
  let count = evaluated;
  try {
    while (count < most && realm.evaluateWatched(urls[count] ?? '') && isShielded()) count += 1;
  } catch (error) {
    // It throws in the next run, too, which need not compile it again.
    keep({ pure: count });
    throw error;
  }
  const isWhole = count > 0 && urls[count - 1] === message.url;
  const evaluation = isWhole ? modules.evaluate() : null;
  if (isWhole) realm.enter('unshield');
  const evaluatedImage = count === most ? realm.capture(kept === null ? image : null) : null;
  if (evaluatedImage === null) keep({ pure: count });
  else {
    keep({
      image: evaluatedImage,
      evaluation: evaluation === null ? null : pointerOf(evaluation),
      evaluated: count,
      pure: count,
    });
  }
  return { isShielded: !isWhole, evaluation };
}

function findImage({ images, message }: GuestRun, key: string | null): KeptImage | null {
  return images.find(key, message.limits.memoryBytes);
}

function lay({ realm }: GuestRun, kept: KeptImage | null): void {
  if (!realm.lay(kept?.image ?? null)) throw new Error('The realm cannot be made pristine.');
}

/** @param isShielded whether accessors stand in the place of the globals */
function setInputs({ realm, message }: GuestRun, isShielded: boolean): void {
  const inputJson = message.inputJson ?? undefined;
  const json = JSON.stringify(scriptGlobals(message));
  const globalsJson = json === EMPTY_GLOBALS_JSON ? undefined : json;
  if (isShielded || inputJson !== undefined || globalsJson !== undefined) {
    realm.enter('begin', inputJson, globalsJson);
  }
}
