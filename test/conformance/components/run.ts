/** Runs the tests of WebAssembly/component-model: scripts that instantiate components and call them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { entryFunction } from '../../../lambda/guest/webassembly/component/border/entry.ts';
import {
  type CompiledComponent,
  compileComponent,
} from '../../../lambda/guest/webassembly/component/compiled.ts';
import type { HostValue } from '../../../lambda/guest/webassembly/component/host.ts';
import { HostLinker } from '../../../lambda/guest/webassembly/component/link/host-linker.ts';
import { Instantiation } from '../../../lambda/guest/webassembly/component/link/instantiation.ts';
import type { Exports } from '../../../lambda/guest/webassembly/component/link/scope.ts';
import { createMemories, MissingImports } from '../../../lambda/guest/webassembly/module/link.ts';
import type { Outcome } from '../expectations.ts';
import { loadWasmTools } from './tools.ts';
import { readValue } from './values.ts';
import { headOf, type List, listsOf, readScript, textOf } from './wast.ts';

const MEMORY_BYTES = 256 * 2 ** 20;

const ofLaterVersion = /of WASI 0\.3|nothing to call/;

/** Makes a component's binary of its text. */
type Parse = (source: string) => Promise<Uint8Array> | Uint8Array;

/** @param folder a checkout of WebAssembly/component-model */
export async function runComponents(folder: string, area?: string): Promise<Outcome[]> {
  const parse = await loadWasmTools();
  const tests = join(folder, 'test');
  const outcomes: Outcome[] = [];
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.wast') && path.startsWith(area ?? ''))
    .filter((path) => !path.startsWith('async/'))
    .sort();
  for (const path of files) {
    const file = relative(tests, join(tests, path));
    outcomes.push(...(await runScript(readFileSync(join(tests, path), 'utf8'), file, parse)));
  }
  return outcomes;
}

async function runScript(source: string, file: string, parse: Parse): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const script = new Script(source, parse);
  let isLater = false;
  for (const command of readScript(source)) {
    if (isLater && headOf(command) === 'assert_return') continue;
    isLater = false;
    const name = `line ${command.line}: ${headOf(command)}`;
    let message = '';
    try {
      await script.perform(command);
    } catch (error) {
      message =
        error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 300) : String(error);
      message ||= 'failed';
    }
    // What needs WASI 0.3 is not claimed, nor what depends on it.
    isLater = ofLaterVersion.test(message);
    if (isLater) continue;
    outcomes.push({ file, name, passed: message === '', message });
  }
  return outcomes;
}

class Script {
  readonly #source: string;
  readonly #parse: Parse;
  readonly #definitions = new Map<string, List>();
  readonly #instances = new Map<string, Exports>();
  #current: Exports | null = null;

  constructor(source: string, parse: Parse) {
    this.#source = source;
    this.#parse = parse;
  }

  async perform(command: List): Promise<void> {
    const [, second, third] = command.items;
    switch (headOf(command)) {
      case 'component':
        return this.#component(command);
      case 'invoke':
        await this.#invoke(command);
        return;
      case 'assert_return': {
        const [call, ...expected] = listsOf(command);
        const { value, type } = await this.#invoke(call);
        const wanted = expected[0] ? readValue(expected[0], type) : undefined;
        if (!same(value, wanted)) throw new Error(`returned ${show(value)}, not ${show(wanted)}`);
        return;
      }
      case 'assert_trap': {
        const [action] = listsOf(command);
        return fails(async () => {
          if (headOf(action) === 'invoke') await this.#invoke(action);
          else if (action) await this.#component(action);
        }, textOf(third));
      }
      case 'assert_invalid':
      case 'assert_malformed':
      case 'assert_unlinkable': {
        const [component] = listsOf(command);
        return fails(async () => {
          if (!component) return;
          if (headOf(command) === 'assert_unlinkable') await this.#component(component);
          // An import that no host has makes no component invalid.
          else await validate(await this.#binary(component));
        }, textOf(third));
      }
      default:
        throw new Error(`unknown command ${headOf(command)} ${textOf(second)}`);
    }
  }

  async #component(command: List): Promise<void> {
    const [, kind, name, of] = command.items;
    if (textOf(kind) === 'definition') {
      if (textOf(name).startsWith('$')) this.#definitions.set(textOf(name), command);
      await validate(await this.#binary(command));
      return;
    }
    if (textOf(kind) === 'instance') {
      const definition = this.#definitions.get(textOf(of) || textOf(name));
      if (!definition) throw new Error(`no definition ${textOf(of)}`);
      this.#current = null;
      this.#current = await instantiate(await compile(await this.#binary(definition)));
      this.#instances.set(textOf(name), this.#current);
      return;
    }
    this.#current = null;
    this.#current = await instantiate(await compile(await this.#binary(command)));
    if (textOf(kind).startsWith('$')) this.#instances.set(textOf(kind), this.#current);
  }

  async #binary(component: List): Promise<Uint8Array> {
    const words = component.items.slice(1).map(textOf);
    if (words.includes('binary')) {
      return Buffer.concat(
        component.items.flatMap((item) => ('bytes' in item && item.bytes) || []),
      );
    }
    const text = words.includes('quote')
      ? `(component ${component.items.flatMap((item) => (item.kind === 'text' ? item.value : [])).join('\n')})`
      : this.#source
          .slice(component.start, component.end)
          .replace(/^\(component definition/, '(component');
    try {
      return await this.#parse(text);
    } catch (error) {
      throw new Error(`wasm-tools: ${String((error as { payload?: unknown }).payload ?? error)}`);
    }
  }

  async #invoke(call: List | undefined) {
    const words = call?.items.slice(1).filter((item) => item.kind !== 'list') ?? [];
    const instance = words.length > 1 ? this.#instances.get(textOf(words[0])) : this.#current;
    if (!instance || !call) throw new Error('nothing to call');
    const [interfaceName, name] = textOf(words.at(-1)).split('#');
    const entry = name
      ? { interfaceName: interfaceName ?? '', name, kind: 'function' as const }
      : { interfaceName: null, name: interfaceName ?? '', kind: 'function' as const };
    const { type, invoke } = entryFunction(instance, entry);
    const params = listsOf(call).map((arg, at) => readValue(arg, type.params[at]?.type ?? null));
    let value: HostValue;
    await invoke({
      instance: null,
      source: 'host',
      params: () => params,
      resolve: (result) => {
        value = result;
      },
    });
    return { value, type: type.result };
  }
}

function compile(bytes: Uint8Array): Promise<CompiledComponent> {
  return compileComponent(bytes, [], MEMORY_BYTES);
}

/** A definition may import what no host has. */
async function validate(bytes: Uint8Array): Promise<void> {
  try {
    await compile(bytes);
  } catch (error) {
    const isAboutImports =
      error instanceof MissingImports || /a host gives functions only/.test(String(error));
    if (!isAboutImports) throw error;
  }
}

async function instantiate(compiled: CompiledComponent): Promise<Exports> {
  const memories = createMemories(compiled.needs, MEMORY_BYTES).values();
  const instantiation = new Instantiation(compiled.modules, {
    grants: {
      next() {
        const { value } = memories.next();
        if (!value) throw new Error('more memories than were planned');
        return value;
      },
    },
    watch: () => {},
  });
  const { supply } = new HostLinker([], instantiation.work);
  return instantiation.instantiate({ binary: compiled.binary, scope: null }, supply, null, false);
}

async function fails(work: () => Promise<void>, reason: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (/^wasm-tools: /.test(error instanceof Error ? error.message : '')) return;
    if (error instanceof TypeError) throw error;
    return;
  }
  throw new Error(`should have failed: ${reason}`);
}

function same(one: HostValue, other: HostValue): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(value: HostValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, plain(part as HostValue)]),
  );
}

function show(value: HostValue): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part,
  );
}
