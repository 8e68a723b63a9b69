/** The playground in Chromium, as people use it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type EngineProcess, startEngine } from '../../support/engine-process.ts';
import { until } from '../../support/until.ts';
import { describeInBrowser, type OpenPlayground, openPlayground, startBrowser } from './browser.ts';

const examplesFolder = new URL('../../../examples/', import.meta.url);
const examples: readonly { readonly title: string; readonly expect: string }[] = JSON.parse(
  readFileSync(new URL('requests.json', examplesFolder), 'utf8'),
);
const MAX_SCREENSHOT_BYTES = 150_000;

describeInBrowser('the playground', () => {
  let engine: EngineProcess;
  let browser: Browser;
  let playground: OpenPlayground;
  beforeAll(async () => {
    // Long enough to stop a loop by hand on a busy machine.
    const settings = { ENGINE_TIMEOUT_MS: '20000' };
    [engine, browser] = await Promise.all([startEngine(settings), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await engine?.stop();
  });
  beforeEach(async () => {
    playground = await openPlayground(browser, engine.origin);
  });
  afterEach(async () => {
    const { faults } = playground;
    await playground.close();
    expect(faults).toEqual([]);
  });

  test('runs TypeScript that is typed, and shows output and result', async () => {
    const { page, status } = playground;
    await page.locator('#code .cm-content').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('const twice = (n: number): number => 2 * n;\n');
    await page.keyboard.type('console.log(twice(21)); console.error("aside"); ({ n: [twice(1)] })');
    await page.keyboard.press('Control+Enter');
    await status(/^Success after [\d.]+ ms$/);
    expect(await page.locator('#output .stdout').allTextContents()).toEqual(['42\n']);
    expect(await page.locator('#output .stderr').allTextContents()).toEqual(['aside\n']);
    expect(await page.textContent('#result')).toBe('{1}n: [1]0: 2');
    expect(await page.textContent('#metadata')).toContain('codeType: "typescript"');
  });

  test('shows output while the run goes on, and stops a loop', async () => {
    const { page, type, status } = playground;
    await type('code', 'console.log("begun"); for (;;);');
    await page.selectOption('#type', 'javascript');
    await page.click('#run');
    await page.locator('#output', { hasText: 'begun' }).waitFor();
    expect(await page.textContent('#status')).toBe('Running …');
    await page.click('#stop');
    await status(/^Stopped\.$/);
    await type('code', '"again"');
    await playground.run();
    expect(await page.textContent('#result')).toBe('"again"');
  });

  test("marks the line of an error, in TypeScript's own lines", async () => {
    const { page, type, status } = playground;
    await type('code', 'interface A {\n  b: string\n}\nconst a = {} as A;\na.b.length;\n"end"');
    await playground.run();
    await status(/^RUNTIME_ERROR/);
    expect(await page.locator('#code .cm-lintRange-error').textContent()).toBe('.length;');
    expect(await page.locator('#code .cm-lint-marker-error').count()).toBe(1);
    await page.click('text=Go to line 5');
    expect(await page.locator('#code .cm-activeLine').textContent()).toBe('a.b.length;');

    await type('code', 'let a = 1;\nlet = = 2;');
    await playground.run();
    await status(/^SYNTAX_ERROR/);
    expect(await page.locator('#error button').textContent()).toBe('Go to line 2');
  });

  test('a share link has the whole request, and never runs it by itself', async () => {
    const { page, type } = playground;
    await type('code', '({ sum: input.a + args.length, mode: env.MODE, text: stdin })');
    await type('input', '{"a": 40}');
    await page.click('text=Arguments, environment');
    await page.fill('#args', 'one\ntwo');
    await page.fill('#env', 'MODE=a=b');
    await page.fill('#stdin', 'Grüße');
    await page.click('text=Limits, and all');
    await page.fill('#timeout-ms', '2000');
    await type('more', '{"limits": {"fetch": {"maxRequests": 0}}}');
    await page.click('#share');
    await page.locator('#shared').waitFor();
    const link = await page.inputValue('#link');
    expect(link).toMatch(/\/#request=[\w-]+$/);
    expect(playground.sent).toEqual([]);

    const fresh = await openPlayground(browser, link);
    await fresh.status(/link filled in/);
    expect(fresh.sent).toEqual([]);
    await fresh.run();
    expect(fresh.sent).toEqual([
      {
        code: '({ sum: input.a + args.length, mode: env.MODE, text: stdin })',
        input: { a: 40 },
        args: ['one', 'two'],
        env: { MODE: 'a=b' },
        stdin: 'Grüße',
        limits: { timeoutMs: 2000, fetch: { maxRequests: 0 } },
      },
    ]);
    expect(await fresh.page.textContent('#result')).toBe('{3}sum: 42mode: "a=b"text: "Grüße"');
    expect(fresh.faults).toEqual([]);
    await fresh.close();
  });

  test('every example ends as it should', async () => {
    const { page } = playground;
    const titles = await page.locator('#examples option').allTextContents();
    expect(titles.slice(1)).toEqual(examples.map(({ title }) => title));
    const outcomes: string[] = [];
    for (const { title } of examples) {
      await page.selectOption('#examples', { label: title });
      await playground.run();
      outcomes.push(((await page.textContent('#status')) ?? '').replace(/\W.*/, '').toUpperCase());
    }
    expect(outcomes).toEqual(examples.map((example) => example.expect.toUpperCase()));
  });

  test('a WebAssembly file is dropped on the page, or picked, and runs with files', async () => {
    const { page, status } = playground;
    const wordcount = fileURLToPath(new URL('wordcount.wasm', examplesFolder));
    const dropped = await page.evaluateHandle(
      (base64) => {
        const transfer = new DataTransfer();
        const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
        transfer.items.add(new File([bytes], 'wordcount.wasm'));
        transfer.items.add(new File(['a rose is a rose\n'], 'poem.txt'));
        return transfer;
      },
      readFileSync(wordcount, 'base64'),
    );
    await page.locator('#code').dispatchEvent('drop', { dataTransfer: dropped });
    await status(/^Taken: wordcount.wasm, poem.txt$/);
    await type(page, '#args', 'poem.txt\n1');
    await type(page, '#outputs', 'report.txt');
    // As text it is of no interest to a program.
    await playground.type('input', '');
    await playground.run();
    expect(await page.textContent('#output')).toContain('2  a');
    expect(await page.textContent('#metadata')).toContain('codeType: "wasm"');
    const download = page.waitForEvent('download');
    await page.click('#answer-files >> text=Save');
    expect((await download).suggestedFilename()).toBe('report.txt');

    await page.check('input[value=text]');
    await page.check('input[value=file]');
    await page.setInputFiles('#file', fileURLToPath(new URL('loan.wasm', examplesFolder)));
    await page.locator('#file-name', { hasText: 'loan.wasm' }).waitFor();
    await type(page, '#args', '90');
    await type(page, '#entrypoint', 'fibonacci');
    await playground.run();
    expect(await page.textContent('#result')).toBe('"2880067194370816120"');
  });

  test('a list of inputs is run one by one, and the log is shown', async () => {
    const { page, type: write } = playground;
    await write('code', 'app_log("warn", "seen", { n: input }); input * 2');
    await write('input', '[1, 2, 3]');
    await page.check('#many');
    await playground.run();
    expect(playground.sent).toMatchObject([{ inputs: [1, 2, 3] }]);
    expect(await page.locator('#items > details').count()).toBe(3);

    await page.uncheck('#many');
    await playground.run();
    expect(await page.locator('#items').isVisible()).toBe(false);
    expect(await page.textContent('#logs')).toMatch(/^warn seen \d\d:\d\d:[\d.]+\{1\}$/);
  });

  test('says what is wrong with a field, and puts the cursor there', async () => {
    const { page, status, type: write } = playground;
    await write('input', '{"a": }');
    await page.click('#run');
    await status(/^The input is not JSON/);
    expect(playground.sent).toEqual([]);
    await page.keyboard.insertText(' ');
    await write('input', '');
    await type(page, '#env', 'NAME');
    await page.click('#run');
    await status(/is not NAME=value$/);
    await expect(page.locator('#env:focus').count()).resolves.toBe(1);
    await page.fill('#env', '');
    await type(page, '#timeout-ms', '999999999');
    await playground.run();
    expect(await status(/^INVALID_REQUEST/)).toContain('limits');
    await until(() => playground.faults.length > 0);
    expect(playground.faults.splice(0)).toHaveLength(1);
  });

  test('the same request as a command and as TypeScript', async () => {
    const { page, type: write } = playground;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code for the engine
    await write('code', "`it's ${input.name}`");
    await page.click('text=The same with curl');
    await page.locator('#curl', { hasText: 'curl' }).waitFor();
    const curl = (await page.textContent('#curl')) ?? '';
    expect(curl).toContain(`curl -sN '${engine.origin}/execute'`);
    expect(curl).toContain(`"code":"\`it'\\''s`);
    expect(await page.textContent('#typescript')).toContain(
      `createClient({ endpoint: "${engine.origin}/" })`,
    );
  });

  test('asks for a key where the API wants one, and keeps it in memory alone', async () => {
    const { page, status } = playground;
    const error = { code: 'FORBIDDEN', name: 'Forbidden', message: 'No key', stack: null };
    const refusal = { status: 'error', result: null, stdout: '', stderr: '', logs: [], files: [] };
    const keys: (string | undefined)[] = [];
    await page.route('**/execute', async (route) => {
      const key = route.request().headers()['x-api-key'];
      keys.push(key);
      if (key === 'open sesame') return route.fallback();
      const metadata = { executionTimeMs: null };
      const json = { ...refusal, error: { ...error, details: null }, metadata };
      return route.fulfill({ status: 403, json });
    });
    expect(await page.locator('#key').isVisible()).toBe(false);
    await page.click('#run');
    await status(/^FORBIDDEN/);
    await page.fill('#key', 'open sesame');
    await playground.run();
    await status(/^Success/);
    expect(keys).toEqual([undefined, 'open sesame']);
    await page.click('#share');
    await page.locator('#shared').waitFor();
    await page.click('text=The same with curl');
    await page.locator('#curl', { hasText: '$API_KEY' }).waitFor();
    const kept = await page.evaluate(() => [
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
      document.querySelector('#equivalents')?.textContent ?? '',
    ]);
    expect(kept.join()).not.toContain('sesame');
    await until(() => playground.faults.length > 0);
    expect(playground.faults.splice(0)).toEqual([expect.stringContaining('403')]);
  });

  test('a picture of it is small, and can be taken for the README', async () => {
    const context = await browser.newContext({ viewport: { width: 1120, height: 620 } });
    const page = await context.newPage();
    await page.goto(engine.origin);
    await page.selectOption('#examples', { label: examples[0]?.title ?? '' });
    await page.click('#run');
    await page.locator('#status.good').waitFor();
    const picture = await page.screenshot();
    await context.close();
    expect(picture.byteLength).toBeLessThan(MAX_SCREENSHOT_BYTES);
    const { SCREENSHOT } = process.env;
    if (SCREENSHOT !== undefined) writeFileSync(SCREENSHOT, picture);
  });
});

/** Fills in a field, unfolding what it is in. */
async function type(page: OpenPlayground['page'], selector: string, text: string): Promise<void> {
  await page.evaluate((of) => {
    const details = document.querySelector(of)?.closest('details');
    if (details) details.open = true;
  }, selector);
  await page.fill(selector, text);
}
