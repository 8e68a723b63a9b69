/** What kind of code was downloaded: by its content first, by what was said about it after that. */

import { isUtf8 } from 'node:buffer';
import { EngineError } from '../contract/errors.ts';
import type { DetectedBy } from '../contract/execution.ts';
import type { CodeType } from '../contract/protocol.ts';

export interface Detection {
  readonly codeType: CodeType;
  readonly detectedBy: DetectedBy;
}

const WASM_MAGIC = Buffer.from('\0asm', 'latin1');
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const SHEBANG = Buffer.from('#!');
/** Bytes 6 and 7 of the preamble: 0 in a core module, 1 in a component. */
const COMPONENT_LAYER = 1;

/** JavaScript MIME types of the MIME Sniffing standard, and the one of WebAssembly. */
const contentTypes: ReadonlyMap<string, CodeType> = new Map([
  ['application/wasm', 'wasm'],
  ...[
    'application/ecmascript',
    'application/javascript',
    'application/x-ecmascript',
    'application/x-javascript',
    'text/ecmascript',
    'text/javascript',
    'text/jscript',
    'text/livescript',
    'text/x-ecmascript',
    'text/x-javascript',
  ].map((type) => [type, 'javascript'] as const),
]);

const extensions: ReadonlyMap<string, CodeType> = new Map([
  ['js', 'javascript'],
  ['mjs', 'javascript'],
  ['cjs', 'javascript'],
  ['wasm', 'wasm'],
]);

/**
 * @param code the downloaded bytes, and what is known about them
 * @param hint the request's `type`
 * @throws {EngineError} UNSUPPORTED_CODE
 */
export function detect(
  code: { readonly bytes: Uint8Array; readonly contentType: string | null; readonly url: string },
  hint: CodeType | null,
): Detection {
  const detection = byContent(code.bytes) ?? byDescription(code, hint);
  if (detection.codeType === 'javascript') refuseWhatIsNoScript(code.bytes);
  return detection;
}

function byContent(bytes: Uint8Array): Detection | null {
  if (WASM_MAGIC.equals(bytes.subarray(0, 4))) {
    if (bytes[6] === COMPONENT_LAYER) {
      throw new EngineError(
        'UNSUPPORTED_CODE',
        'This is a WebAssembly component; the engine runs core modules (WASI preview 1): build for wasm32-wasip1, or extract the core module with `wasm-tools component unbundle`',
      );
    }
    return { codeType: 'wasm', detectedBy: 'content' };
  }
  const start = BYTE_ORDER_MARK.equals(bytes.subarray(0, 3)) ? 3 : 0;
  if (!SHEBANG.equals(bytes.subarray(start, start + 2))) return null;
  const firstLine = Buffer.from(bytes.subarray(start, 128)).toString('latin1').split('\n', 1)[0];
  if (!/\b(?:node|deno|bun)\b/.test(firstLine ?? '')) return null;
  return { codeType: 'javascript', detectedBy: 'content' };
}

function byDescription(
  { contentType, url }: { readonly contentType: string | null; readonly url: string },
  hint: CodeType | null,
): Detection {
  const essence = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const byType = contentTypes.get(essence);
  if (byType !== undefined) return { codeType: byType, detectedBy: 'content-type' };
  const extension = /\.([a-z]+)$/i.exec(URL.parse(url)?.pathname ?? '')?.[1]?.toLowerCase() ?? '';
  const byExtension = extensions.get(extension);
  if (byExtension !== undefined) return { codeType: byExtension, detectedBy: 'extension' };
  if (hint !== null) return { codeType: hint, detectedBy: 'hint' };
  return { codeType: 'javascript', detectedBy: 'default' };
}

/** The tags that pages start with, after blanks and comments; a script cannot start with any. */
const pageStart =
  /^(?:\s|<!--(?:[^-]|-(?!->))*-->)*<(?:!doctype|html|head|body|title|meta|script|\?xml|svg|div|p)\b/i;

function refuseWhatIsNoScript(bytes: Uint8Array): void {
  if (!isUtf8(bytes)) {
    throw new EngineError(
      'UNSUPPORTED_CODE',
      'The code is neither WebAssembly nor UTF-8 text; save JavaScript as UTF-8',
    );
  }
  const start = Buffer.from(bytes.subarray(0, 1024))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  if (pageStart.test(start)) {
    throw new EngineError(
      'UNSUPPORTED_CODE',
      'The URL leads to an HTML page, not to code; use the address of the raw file',
    );
  }
}
