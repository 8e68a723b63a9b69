/** Who tries to make the playground run what its user has not asked for, or show what it should not. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type EngineProcess, startEngine } from '../../support/engine-process.ts';
import { describeInBrowser, openPlayground, startBrowser } from './browser.ts';

const injections = [
  '<img src=x onerror="alert(1)">',
  '</textarea><script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
];
const markup = injections.join('\n');

/** What markup would have become, beside the editor's own images. */
const foreign = 'img:not(.cm-widgetBuffer), svg, iframe, object, main script';

const linkOf = (value: unknown) => `/#request=${pack(JSON.stringify(value))}`;
const pack = (text: string) => deflateRawSync(text).toString('base64url');

describeInBrowser('the playground, attacked', () => {
  let engine: EngineProcess;
  let browser: Browser;
  let attacker: Server;
  let attackerOrigin = '';
  beforeAll(async () => {
    engine = await startEngine({ ENGINE_SANDBOXES: '1' });
    browser = await startBrowser('--host-resolver-rules=MAP rebound.example 127.0.0.1');
    attacker = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Hello');
    });
    await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
    attackerOrigin = `http://localhost:${(attacker.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    attacker?.close();
    await engine?.stop();
  });

  test('markup in every field of a share link stays text, and nothing runs', async () => {
    const link = linkOf({
      code: markup,
      type: markup,
      input: { [markup]: markup },
      args: injections,
      env: { '<img/src/onerror=alert(1)>': injections[0] },
      stdin: markup,
      files: { [`/${injections[0]}`]: markup, '/b': { base64: injections[0] } },
      entrypoint: injections[0],
      outputs: injections,
      limits: { timeoutMs: markup, memoryMb: 64 },
      [markup]: { [markup]: markup },
    });
    const { page, faults, sent, status, close } = await openPlayground(
      browser,
      engine.origin + link,
    );
    await status(/link filled in/);
    expect(await page.locator('#code .cm-content').textContent()).toContain('<img src=x');
    expect(await page.inputValue('#args')).toBe(injections.join('\n'));
    expect(await page.locator(foreign).count()).toBe(0);
    expect(sent).toEqual([]);
    // What no field can show is not lost, so that the user sees all that would be sent.
    await page.click('text=Limits, and all');
    await page.locator('#more .cm-content', { hasText: '"timeoutMs"' }).waitFor();
    await page.click('text=The same with curl');
    // A folded part says that it was unfolded a task later.
    await page.locator('#curl', { hasText: 'onerror' }).waitFor();
    expect(await page.locator(foreign).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  const proto = '{"code":"1","__proto__":{"a":1},"constructor":2,"env":{"__proto__":"x"}}';
  test.each([
    ['is no base64', '#request=%%%', /holds no request/],
    ['is cut off', `#request=${pack('{"code":"1"}').slice(0, 8)}`, /holds no request/],
    ['is no JSON', `#request=${pack('{code:1}')}`, /holds no request/],
    ['is a list', `#request=${pack('[{"code":"1"}]')}`, /holds no request/],
    ['unfolds to 64 MB', `#request=${pack(' '.repeat(64e6))}`, /holds no request/],
    ['has the names of prototypes', `#request=${pack(proto)}`, /link filled in/],
    [
      'has other types than it should',
      `#request=${pack('{"code":7,"url":[],"files":5}')}`,
      /filled/,
    ],
    ['is of somebody else', '#:~:text=run', /^Ready\.$/],
  ])('a link that %s harms nothing', async (_what, fragment, said) => {
    const { page, faults, sent, status, run, type, close } = await openPlayground(
      browser,
      `${engine.origin}/${fragment}`,
    );
    await status(said);
    expect(sent).toEqual([]);
    expect(await page.evaluate(() => Reflect.get({}, 'a'))).toBeUndefined();
    if (said.test('The link holds no request')) {
      await type('code', '"works"');
      await run();
      expect(await page.textContent('#result')).toBe('"works"');
    }
    expect(faults).toEqual([]);
    await close();
  });

  test('what a guest says stays text, wherever it is shown', async () => {
    const { page, faults, run, type, close } = await openPlayground(browser, engine.origin);
    const code = `const m = ${JSON.stringify(markup)};
      console.log(m); console.error(m); app_log('info', m, { [m]: m }); files.write('/' + m, m);`;
    await type('code', `${code} ({ [m]: [m, { __proto__: null, ['__proto__']: m }] })`);
    await page.click('text=Files');
    await page.fill('#outputs', '/a');
    await run();
    expect(await page.textContent('#output')).toBe(`${markup}\n${markup}\n`);
    expect(await page.textContent('#result')).toContain(JSON.stringify(markup));
    expect(await page.locator('#answer-files a').count()).toBe(0);
    await type('code', `${code} const e = new TypeError(m); e.name = m; e.more = m; throw e`);
    await run();
    expect(await page.textContent('#error')).toContain('<img src=x');
    expect(await page.locator(foreign).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  test('a guest that prints without end fills neither page nor memory', async () => {
    const { page, faults, status, type, unfold, close } = await openPlayground(
      browser,
      engine.origin,
    );
    await type('code', 'for (;;) console.log("x".repeat(20_000));');
    await unfold();
    await page.fill('#timeout-ms', '20000');
    await page.click('#run');
    await page.locator('#output.cut').waitFor();
    await page.click('#stop');
    await status(/^Stopped/);
    expect((await page.textContent('#output'))?.length).toBeLessThan(700_000);
    expect(faults).toEqual([]);
    await close();
  });

  describe("another origin's page", () => {
    test('runs nothing, however it asks', async () => {
      const page = await browser.newPage();
      await page.goto(attackerOrigin);
      const outcomes = await page.evaluate(async (target) => {
        const body = JSON.stringify({ code: 'app_log("info", "owned")' });
        const json = { 'content-type': 'application/json' };
        const ask = (init: RequestInit) =>
          fetch(`${target}/execute`, { method: 'POST', body, ...init }).then(
            (response) => response.type,
            () => 'refused',
          );
        return [
          await ask({ headers: json }),
          await ask({ mode: 'no-cors' }),
          await ask({ mode: 'no-cors', body: new Blob([body], { type: 'text/plain' }) }),
        ];
      }, engine.origin);
      expect(outcomes).toEqual(['refused', 'opaque', 'opaque']);
      await page.close();
      const answer = await fetch(`${engine.origin}/execute`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', origin: attackerOrigin },
        body: '{"code":"1"}',
      });
      expect(answer.status).toBe(403);
    });

    test('cannot frame the playground, nor reach a window of it', async () => {
      const page = await browser.newPage();
      await page.goto(attackerOrigin);
      await page.evaluate((target) => {
        const frame = document.createElement('iframe');
        frame.src = target;
        document.body.append(frame);
        return new Promise((resolve) => frame.addEventListener('load', resolve));
      }, engine.origin);
      const [, frame] = page.frames();
      expect(await frame?.locator('#run').count()).toBe(0);

      const opened = page.waitForEvent('popup');
      const link = engine.origin + linkOf({ code: 'app_log("info", "owned")' });
      await page.evaluate((target) => {
        Reflect.set(globalThis, 'victim', open(target));
      }, link);
      const victim = await opened;
      await victim.locator('#status', { hasText: 'link filled in' }).waitFor();
      expect(await victim.evaluate(() => window.opener)).toBeNull();
      await page.waitForFunction(() => Reflect.get(globalThis, 'victim').closed);
      await victim.close();
      await page.close();
    });

    test('does not become its own by a name that leads here', async () => {
      const page = await browser.newPage();
      const rebound = engine.origin.replace('127.0.0.1', 'rebound.example');
      const answer = await page.goto(rebound);
      expect(answer?.status()).toBe(403);
      expect(await page.locator('#run').count()).toBe(0);
      const status = await page.evaluate(async () => {
        const headers = { 'content-type': 'application/json' };
        const body = '{"code":"1"}';
        return (await fetch('/execute', { method: 'POST', headers, body })).status;
      });
      expect(status).toBe(403);
      await page.close();
    });
  });
});
