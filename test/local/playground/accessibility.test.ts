/** The playground for those who use no mouse, see little, or have a small screen. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { type EngineProcess, startEngine } from '../../support/engine-process.ts';
import { describeInBrowser, openPlayground, startBrowser } from './browser.ts';

describeInBrowser('the playground, for everybody', () => {
  let engine: EngineProcess;
  let browser: Browser;
  beforeAll(async () => {
    // Long enough to stop a loop by hand on a busy machine.
    const settings = { ENGINE_TIMEOUT_MS: '20000' };
    [engine, browser] = await Promise.all([startEngine(settings), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await engine?.stop();
  });

  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('axe finds nothing: %s, %i pixels wide', async (colorScheme, width) => {
    const { page, faults, status, type, run, unfold, close } = await openPlayground(
      browser,
      engine.origin,
      { colorScheme, viewport: { width, height: 800 } },
    );
    await page.evaluate(axe.source);
    expect(await violations(page)).toEqual([]);

    await unfold();
    await page.click('#add-file');
    await page.fill('#files input', 'a.txt');
    await page.click('#share');
    await page.locator('#shared').waitFor();
    expect(await violations(page)).toEqual([]);

    const print = 'console.log("a"); console.error("b"); app_log("warn", "c", { d: 1 });';
    await type('code', `// comment\n${print} ({ n: 1, s: "t", l: [true, null, {}] })`);
    await run();
    await status(/^Success/);
    expect(await violations(page)).toEqual([]);
    await type('code', `${print}\nthrow new TypeError("no")`);
    await run();
    await status(/^RUNTIME_ERROR/);
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  test('all of it is within a screen of 360 pixels', async () => {
    const { page, run, type, unfold, close } = await openPlayground(browser, engine.origin, {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
    });
    await unfold();
    await type('code', 'const long = "x".repeat(3000); console.log(long); ({ [long]: long })');
    await run();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, textarea, summary, pre')]
        .filter((element) => element.getBoundingClientRect().right > 360)
        .map(({ id, tagName }) => `${tagName} ${id}`),
    );
    expect(wide).toEqual([]);
    await page.tap('#share');
    await page.locator('#shared').waitFor();
    await close();
  });

  test('all of it works from the keyboard', async () => {
    const { page, faults, status, sent, close } = await openPlayground(browser, engine.origin);
    const { keyboard } = page;
    const reach = async (selector: string, key = 'Tab') => {
      for (let steps = 0; steps < 40; steps++) {
        if (await page.evaluate(hasFocus, selector)) return;
        await keyboard.press(key);
      }
      throw new Error(`${key} does not lead to ${selector}`);
    };
    await reach('#examples');
    // Typed, its name would count only where no second passes between two keys.
    await keyboard.press('ArrowDown');
    await status(/^A script prints/);
    await reach('#code');
    await keyboard.press('Control+a');
    await keyboard.insertText('console.log("going"); for (;;);');
    // The editor is no trap.
    await reach('#input');
    await reach('summary');
    await keyboard.press('Enter');
    await reach('#args');
    await keyboard.type('one');
    await reach('#run', 'Shift+Tab');
    await keyboard.press('Enter');
    await page.locator('#output', { hasText: 'going' }).waitFor();
    // The focus is on Stop now.
    await keyboard.press('Enter');
    await status(/^Stopped/);
    expect(await page.evaluate(hasFocus, '#run')).toBe(true);
    expect(sent).toMatchObject([{ args: ['one'] }]);

    await reach('#code');
    await keyboard.press('Control+a');
    await keyboard.insertText('({ deep: { deeper: { deepest: 1 } } })');
    await keyboard.press('Meta+Enter');
    await status(/^Success/);
    await reach('#result details details details > summary');
    await keyboard.press('Space');
    await page.locator('#result', { hasText: 'deepest: 1' }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });
});

const hasFocus = (selector: string) => document.activeElement?.matches(selector) ?? false;

/** What axe finds, in short. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await page.evaluate(() => {
    const { run } = Reflect.get(globalThis, 'axe') as typeof axe;
    return run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 100)} ${failureSummary}`),
  );
}
