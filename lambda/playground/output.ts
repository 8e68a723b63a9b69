/** What the run prints, while it prints it. */

import { byId, element } from './dom.ts';

/** Characters that are kept; of more, the oldest go. */
const MAX_CHARACTERS = 500_000;

export interface Output {
  clear(): void;
  append(stream: 'stdout' | 'stderr', text: string): void;
}

export function createOutput(): Output {
  const host = byId('output', HTMLDivElement);
  let blocks: { readonly node: HTMLElement; length: number }[] = [];
  let characters = 0;

  function dropOldest(): void {
    while (characters > MAX_CHARACTERS && blocks.length > 1) {
      const [oldest] = blocks.splice(0, 1);
      characters -= oldest?.length ?? 0;
      oldest?.node.remove();
      host.classList.add('cut');
    }
  }

  return {
    clear() {
      blocks = [];
      characters = 0;
      host.replaceChildren();
      host.classList.remove('cut');
    },
    append(stream, text) {
      const isAtEnd = host.scrollTop + host.clientHeight >= host.scrollHeight - 8;
      // A long text comes in many blocks, so that its beginning can go.
      for (let start = 0; start < text.length; start += MAX_CHARACTERS / 10) {
        const part = text.slice(start, start + MAX_CHARACTERS / 10);
        const last = blocks.at(-1);
        if (last?.node.className === stream && last.length < MAX_CHARACTERS / 10) {
          last.node.append(part);
          last.length += part.length;
        } else {
          const node = element('pre', { className: stream }, part);
          blocks.push({ node, length: part.length });
          host.append(node);
        }
        characters += part.length;
      }
      dropOldest();
      if (isAtEnd) host.scrollTop = host.scrollHeight;
    },
  };
}
