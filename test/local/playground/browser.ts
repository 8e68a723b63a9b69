/** Debian's Chromium, and the playground in it. */

import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const standardPath = '/usr/bin/chromium';

/** `CHROMIUM_PATH` says that it must be there. */
function chromiumPath(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && !existsSync(named)) throw new Error(`There is no ${named}`);
  return named ?? (existsSync(standardPath) ? standardPath : null);
}

/** Tests that need a browser, left out where there is none. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (chromiumPath() !== null) {
    describe(name, tests);
    return;
  }
  process.stdout.write(
    `Left out, as there is no ${standardPath} and no CHROMIUM_PATH: ${name}, in a browser\n`,
  );
  describe.skip(name, tests);
}

export function startBrowser(...flags: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath() ?? standardPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...flags,
    ],
  });
}

export interface OpenPlayground {
  readonly page: Page;
  /** What went wrong in the page: violations of its policy, exceptions, errors on the console. */
  readonly faults: string[];
  /** Bodies that the page has sent to `/execute`. */
  readonly sent: readonly unknown[];
  /** Puts a text in the place of what an editor has. */
  type(editor: 'code' | 'input' | 'more', text: string): Promise<void>;
  /** Waits for a status that matches. */
  status(pattern: RegExp): Promise<string>;
  /** Opens all that is folded. */
  unfold(): Promise<void>;
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the page in a profile of its own. */
export async function openPlayground(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPlayground> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const faults: string[] = [];
  const sent: unknown[] = [];
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/execute')) sent.push(request.postDataJSON());
  });
  await page.exposeFunction('reportViolation', (text: string) => faults.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { effectiveDirective, blockedURI, sample } = event;
      const report: unknown = Reflect.get(globalThis, 'reportViolation');
      if (typeof report === 'function') report(`${effectiveDirective}: ${blockedURI} ${sample}`);
    });
  });
  await page.goto(url);
  await page.waitForFunction(() => document.querySelectorAll('#examples option').length > 1);

  async function status(pattern: RegExp): Promise<string> {
    await page.waitForFunction(
      ([source, flags]) =>
        new RegExp(source, flags).test(document.querySelector('#status')?.textContent ?? ''),
      [pattern.source, pattern.flags] as const,
    );
    return (await page.textContent('#status')) ?? '';
  }
  return {
    page,
    faults,
    sent,
    status,
    unfold: () =>
      page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      }),
    async type(editor, text) {
      await page.locator(`#${editor} .cm-content`).focus();
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      // As a whole: typed key by key, the editor would indent lines.
      await page.keyboard.insertText(text);
    },
    async run() {
      // What the run before came to is not taken for what this one comes to.
      await page.evaluate(() => document.querySelector('#status')?.replaceChildren('Running …'));
      await page.click('#run');
      await status(/^(?!Running)/);
    },
    close: () => context.close(),
  };
}
