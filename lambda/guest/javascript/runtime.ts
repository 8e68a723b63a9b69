/** JavaScript: scripts and ES modules in a QuickJS realm that is pristine for every run. */

import type { RunMessage } from '../../contract/protocol.ts';
import { collectGarbage } from '../../contract/reclaim.ts';
import { CodeBudget } from '../runtime/code-budget.ts';
import type { RunHost, RunReport, Runtime } from '../runtime/runtime.ts';
import { TierWatch, withBoundedCosts } from '../runtime/tiering.ts';
import { createKeptCode } from './code/kept-code.ts';
import { createGuestServices } from './guest-services.ts';
import { INITIAL_MEMORY_BYTES } from './machine/instance.ts';
import type { MemoryImage } from './machine/memory/image.ts';
import { createRealm, type Realm } from './machine/realm.ts';
import { createGuestFiles } from './platform/files.ts';
import { rehearsals, rehearse, shortRehearsal } from './run/rehearsal.ts';
import { failed, type GuestOutcome, runGuest } from './run/run.ts';
import { warmLexer } from './source/lexed.ts';
import type { LoadTransformer } from './typescript/transformer.ts';

interface JavaScriptOptions {
  /** quickjs-emscripten's binary with its function table exported. */
  readonly wasm: WebAssembly.Module;
  readonly image: MemoryImage;
  /** The most memory that any run may be given. */
  readonly maxMemoryBytes: number;
  /** Of the memory images of compiled code together; 0 to keep none. */
  readonly codeCacheBytes: number;
  /** What they count against instead, where other languages keep code, too. */
  readonly budget?: CodeBudget;
  /** As {@link RuntimeOptions.rehearse}. */
  readonly rehearse?: boolean;
  readonly loadTransformer: LoadTransformer;
}

export function createJavaScriptRuntime(options: JavaScriptOptions): Runtime {
  const {
    wasm,
    image,
    maxMemoryBytes,
    codeCacheBytes,
    rehearse: mayRehearse,
    loadTransformer,
  } = options;
  const budget = options.budget ?? new CodeBudget(codeCacheBytes);
  const kept = createKeptCode(budget, loadTransformer);
  const tier = new TierWatch();
  let ready: Promise<Realm> | null = null;
  let used: Realm | null = null;
  let isPrepared = false;
  /** Of the run that V8 compiles for: the first one, unless that has been rehearsed. */
  let hasRun = mayRehearse ?? true;

  /** @param limitBytes what the next run may have: a machine that has grown past it holds too much */
  async function pristine(limitBytes = maxMemoryBytes): Promise<Realm> {
    const spent = used !== null && !used.reset();
    used = null;
    if (spent) {
      ready = null;
      await collectGarbage();
    }
    const realm = await ready;
    if (realm !== null && realm.memoryBytes <= Math.max(limitBytes, INITIAL_MEMORY_BYTES))
      return realm;
    ready = createRealm(wasm, image, maxMemoryBytes);
    return await ready;
  }

  async function execute(run: RunMessage, code: Uint8Array, host: RunHost): Promise<RunReport> {
    const realm = await pristine(run.limits.memoryBytes);
    used = realm;
    const files = createGuestFiles(run);
    const services = createGuestServices(host, files.operations);
    const { outcome, codeType }: GuestOutcome =
      files.failure === null
        ? await runGuest(realm, services, run, code, host, kept)
        : { outcome: failed(files.failure), codeType: run.codeType };
    const retire = services.close();
    kept.sources.settle();
    const left = files.left();
    return {
      codeType,
      outcome,
      memoryPeakBytes: realm.heapBytes(),
      retire,
      ...(left !== undefined && { left }),
    };
  }

  return {
    async prepare() {
      if (isPrepared) {
        await pristine();
        return;
      }
      isPrepared = true;
      await withBoundedCosts(async () => {
        const realm = await pristine();
        if (!hasRun) return;
        await rehearse(realm, shortRehearsal);
        used = realm;
        await pristine();
      });
    },
    async *warmUp() {
      warmLexer();
      for (const script of rehearsals) {
        const realm = await pristine();
        used = realm;
        await rehearse(realm, script);
        await pristine();
        yield;
      }
    },
    async execute(run, code, host) {
      if (hasRun) return execute(run, code, host);
      hasRun = true;
      return withBoundedCosts(() => execute(run, code, host));
    },
    charge: (cpuMs) => tier.charge(cpuMs),
    kept: () => kept.sources.hashes(),
  };
}
