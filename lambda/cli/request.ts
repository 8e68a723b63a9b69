/** The request that a command line means. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ExecuteRequest } from '../client/client.ts';
import { type RunOptions, UsageError } from './arguments.ts';
import { refusalOf } from './files.ts';
import { modulesOf } from './modules.ts';
import { textOf } from './text.ts';

export interface PreparedRequest {
  readonly request: ExecuteRequest;
  /** Files that it was made of. */
  readonly files: readonly string[];
  /** What the code is called in the engine, and here; `null` where it is a URL. */
  readonly name: { readonly url: string; readonly file: string } | null;
}

/** Reads all of it that is in files. @throws {UsageError} naming option and cause */
export async function requestOf(options: RunOptions): Promise<PreparedRequest> {
  checkTogether(options);
  const code = await codeOf(options);
  const { type, entrypoint, args, env, timeout, memory, allowHost, offline } = options;
  const read: string[] = [];
  const take = async (option: string, file: string): Promise<Buffer> => {
    if (file !== '-') read.push(resolve(file));
    return contentOf(option, file);
  };
  const fetch = offline ? { maxRequests: 0 } : allowHost && { allowedHosts: [...allowHost] };
  const limits = {
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(memory !== undefined && { memoryMb: memory }),
    ...(fetch && { fetch }),
    ...(offline && { imports: { allowedHosts: [] } }),
  };
  const files: Record<string, string | { base64: string }> = {};
  for (const [guest, host] of Object.entries(options.file)) {
    files[guest] = contentField(await take('--file', host));
  }
  const { input, inputs, stdin } = options;
  const request: ExecuteRequest = {
    ...code.fields,
    ...(type !== undefined && { type }),
    ...(input !== undefined && { input: await inputOf(input, take) }),
    ...(inputs !== undefined && { inputs: linesOf(inputs, await take('--inputs', inputs)) }),
    ...(args.length > 0 && { args: [...args] }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(stdin !== undefined && {
      stdin: textOf(`--stdin: ${stdin}`, await take('--stdin', stdin)),
    }),
    ...(Object.keys(files).length > 0 && { files }),
    ...(Object.keys(options.out).length > 0 && { outputs: Object.keys(options.out) }),
    ...(Object.keys(options.import).length > 0 && { imports: options.import }),
    ...(entrypoint !== undefined && { entrypoint }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
  return { request, files: [...code.files, ...read], name: code.name };
}

/** What each option allows by itself. */
function checkTogether({ source, input, inputs, stdin, file, watch }: RunOptions): void {
  const ofInput = input?.startsWith('@') ? [input.slice(1)] : [];
  const given = [...ofInput, ...Object.values(file)].concat(inputs ?? []).concat(stdin ?? []);
  const fromStdin = [source, ...given].filter((reader) => reader === '-').length;
  if (fromStdin > 1) throw new UsageError('stdin can be read for one thing only');
  if (!watch) return;
  if (fromStdin > 0) throw new UsageError('--watch: stdin cannot be read again');
  if (isUrl(source) && given.length === 0)
    throw new UsageError('--watch: there is no file to wait for');
}

type Code = Pick<PreparedRequest, 'files' | 'name'> & {
  readonly fields: Pick<ExecuteRequest, 'url' | 'code' | 'modules' | 'type'>;
};

async function codeOf({ source, type }: RunOptions): Promise<Code> {
  if (isUrl(source)) return { fields: { url: source }, files: [], name: null };
  const file = resolve(source);
  const bytes = await contentOf('The code', source);
  const language = type ?? languageOf(source, bytes);
  const files = source === '-' ? [] : [file];
  if (language === 'wasm') {
    const url = 'inline:///main.wasm';
    return { fields: { code: { base64: bytes.toString('base64') } }, files, name: { url, file } };
  }
  const url = `inline:///main.${language === 'typescript' ? 'ts' : 'js'}`;
  const text = textOf(`The code: ${source}`, bytes);
  const followed = await modulesOf({ file, url, text });
  const hasModules = Object.keys(followed.modules).length > 0;
  return {
    fields: {
      code: text,
      ...(hasModules && { modules: followed.modules }),
      ...(language === 'typescript' && { type: 'typescript' }),
    },
    files: source === '-' ? followed.files.slice(1) : followed.files,
    name: { url, file: source === '-' ? '<stdin>' : file },
  };
}

function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

function languageOf(source: string, bytes: Buffer): string {
  if (bytes.subarray(0, 4).toString('latin1') === '\0asm') return 'wasm';
  return /\.[cm]?ts$/i.test(source) ? 'typescript' : 'javascript';
}

/** `-` is this process's own stdin. */
async function contentOf(option: string, file: string): Promise<Buffer> {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (error) {
    throw new UsageError(`${option}: ${file}: ${refusalOf(error)}`);
  }
}

function contentField(bytes: Buffer): string | { base64: string } {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
}

async function inputOf(
  input: string,
  take: (option: string, file: string) => Promise<Buffer>,
): Promise<unknown> {
  const text = input.startsWith('@')
    ? textOf(`--input: ${input.slice(1)}`, await take('--input', input.slice(1)))
    : input;
  return jsonOf('--input', text);
}

function linesOf(file: string, bytes: Buffer): unknown[] {
  return textOf(`--inputs: ${file}`, bytes)
    .split('\n')
    .map((line, index) => ({ line, index }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, index }) => jsonOf(`--inputs: ${file}:${index + 1}`, line));
}

function jsonOf(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${option} is not JSON: ${(error as Error).message}`);
  }
}
