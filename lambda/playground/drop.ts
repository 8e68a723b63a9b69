/** Files that are dropped on the page. */

import type { RequestForm } from './request-form.ts';

export function acceptDrops(form: RequestForm, onDone: (message: string) => void): void {
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  // Before the editors, which would insert the file's bytes as text.
  document.addEventListener('drop', (event) => drop(event), { capture: true });

  async function drop(event: DragEvent): Promise<void> {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    for (const file of files) {
      const bytes = await file.bytes();
      if (isWasm(bytes)) form.source.setModule(file.name, bytes);
      else if (/\.[cm]?[jt]s$/.test(file.name)) {
        form.source.setText(new TextDecoder().decode(bytes));
      } else form.files.add(file.name, bytes);
    }
    onDone(`Taken: ${files.map(({ name }) => name).join(', ')}`);
  }
}

function isWasm(bytes: Uint8Array): boolean {
  return [0x00, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte);
}
