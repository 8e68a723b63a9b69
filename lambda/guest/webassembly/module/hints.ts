/** Finds out from a module's imports, exports and sections how it was built, and advises how to build it for this host. */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';

interface Hint {
  /** Matches an import that the host lacks, as `module name`. */
  readonly missing: RegExp;
  /** What else must hold of the module. */
  readonly where?: (shape: ModuleShape) => boolean;
  readonly text: string;
}

/** Linked to run without Emscripten's JavaScript: such a module has an entry of WASI. */
const isStandalone = ({ exports }: ModuleShape): boolean =>
  exports.some(({ name, kind }) => kind === 'function' && /^_(start|initialize)$/.test(name));

/** Emscripten's JavaScript calls this export first, so that each module for it has it. */
const isForJavaScript = ({ exports }: ModuleShape): boolean =>
  exports.some(({ name }) => name === '__wasm_call_ctors');

const hasSection =
  (...names: readonly string[]) =>
  ({ customSections }: ModuleShape): boolean =>
    names.some((name) => customSections.has(name));

/** Linked dynamically, and contains the C library, which calls the system. */
const isMainModule = (shape: ModuleShape): boolean =>
  isDynamic(shape) &&
  shape.imports.some(({ module, name }) =>
    /^(wasi_snapshot_preview1 |env (emscripten_resize_heap|_abort_js)$)/.test(`${module} ${name}`),
  );

const isDynamic = hasSection('dylink.0', 'dylink');

const anything = /^/;

/** The first that fits counts: what is special stands before what is general. */
const hints: readonly Hint[] = [
  {
    missing: anything,
    where: isMainModule,
    text: 'It is the main module of a program that is linked dynamically (-sMAIN_MODULE, section dylink.0): link it statically, as one module.',
  },
  {
    missing: anything,
    where: isDynamic,
    text: 'It is a side module of dynamic linking (section dylink.0), which only its main module can load: link it statically into one program.',
  },
  {
    missing: /^(GOT\.(mem|func) |env __(memory|table)_base$)/,
    text: 'It is linked dynamically, a side module or its main module: link it statically into one program.',
  },
  {
    missing: anything,
    where: hasSection('linking'),
    text: 'It is an object file (section linking), not a program: link it with wasm-ld.',
  },
  {
    missing: /^dart2wasm /,
    text: 'It was compiled by dart2wasm, which compiles for JavaScript hosts only.',
  },
  {
    missing: /^js_code /,
    text: 'It was compiled by Kotlin for a JavaScript host; compile it for the target wasmWasi.',
  },
  {
    missing: /^(wasm:(js-string|text-encoder|text-decoder)|') /,
    text: 'It uses the JS string builtins (wasm:js-string), which are there in JavaScript hosts only: compile it without them, for WASI preview 1.',
  },
  {
    missing: /^wasi thread-spawn$/,
    text: 'It wants threads (wasi-threads), which this engine does not run.',
  },
  {
    missing: /^wasi_snapshot_preview1 sock_/,
    text: 'It uses the sockets of WasmEdge or WAMR, which WASI preview 1 does not have; for HTTP there is fetch in module "env".',
  },
  {
    missing: /^wasi(:|_snapshot_preview2|_ephemeral)/,
    text: 'It is the core module of a component: make a component of it (`wasm-tools component new`), or build it for wasm32-wasip1.',
  },
  { missing: /^wasix_/, text: 'It was built for WASIX; this engine has WASI preview 1.' },
  {
    missing: /^(gojs|go) /,
    text: 'It was built with GOOS=js; build it with GOOS=wasip1.',
  },
  {
    missing: /^(wbg|__wbindgen_\w+|\.\/\w+_bg\.js) /,
    text: 'It was built by wasm-bindgen for a JavaScript host; build it for wasm32-wasip1.',
  },
  {
    missing: /^javascript_kit /,
    text: 'It was built with JavaScriptKit for a JavaScript host; build it with the Swift SDK for WASI, without JavaScriptKit.',
  },
  {
    missing: /^extism:host\//,
    text: 'It is a plug-in of Extism, whose host functions are not here.',
  },
  {
    missing: /^env proxy_/,
    text: 'It is a filter of Proxy-Wasm, whose host functions are not here.',
  },
  {
    missing: /^env (invoke_|__cxa_|__resumeException|llvm_eh_|_?emscripten_(throw_)?longjmp)/,
    where: isStandalone,
    text: 'It is standalone output of Emscripten, but its exceptions or longjmp need JavaScript: build it with -fwasm-exceptions -sSUPPORT_LONGJMP=wasm, or without them.',
  },
  {
    missing: /^env __syscall_/,
    where: (shape) => isStandalone(shape) || !isForJavaScript(shape),
    text: 'It is standalone output of Emscripten, but calls the system (files, stat) by functions of its JavaScript: build it with -sPURE_WASI, or with wasi-sdk.',
  },
  {
    missing: /^env (_?emscripten_|_?_?embind_|_emval_|_\w+_js$)/,
    where: isStandalone,
    text: 'It is standalone output of Emscripten, but calls functions of its JavaScript (EM_ASM, embind, the Emscripten API): leave these out, or build with wasi-sdk.',
  },
  {
    missing:
      /^(env (_?emscripten_|_?_?embind_|_emval_|__syscall_|invoke_|__cxa_|_\w+_js$|_?abort$)|a \w{1,2}$)/,
    text: 'It looks like Emscripten output for a JavaScript host; build it with -sSTANDALONE_WASM, and where it uses files with -sPURE_WASI.',
  },
  {
    missing: /^env (\w+\.\w+|globalThis)$/,
    text: 'It looks like AssemblyScript with bindings of a JavaScript host, which are not here.',
  },
];

/** @param missing what the module imports and the host lacks; where that is nothing, what holds of any such module */
export function hintFor(
  missing: readonly { readonly module: string; readonly name: string }[],
  shape: ModuleShape,
): string | null {
  const names =
    missing.length === 0 ? [''] : missing.map(({ module, name }) => `${module} ${name}`);
  const found = hints.find(
    (hint) => names.some((name) => hint.missing.test(name)) && (hint.where?.(shape) ?? true),
  );
  return found?.text ?? null;
}
