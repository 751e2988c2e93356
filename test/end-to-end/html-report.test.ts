import axe from 'axe-core';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { ReportExtras } from '../../src/reports/html/extras.ts';
import { htmlReport } from '../../src/reports/html/html-report.ts';
import { largeFleet, smallFleet } from '../reports/example-fleets.ts';
import { hostileNames, reportSaying } from '../reports/hostile-report.ts';
import { Browser, chromium } from '../support/browser.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const skips = chromium === undefined && process.env['CI'] !== 'true';

/** Whether there is anything beyond the right edge. */
const TOO_WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

describe.skipIf(skips)('the HTML report in a real browser', () => {
  let folder: string;
  let browser: Browser;
  beforeAll(() => {
    folder = temporaryFolder('html-report');
    browser = new Browser();
  });
  afterAll(async () => browser?.close());

  let pages = 0;
  type View = NonNullable<Parameters<Browser['open']>[1]>;

  async function open(report: FleetReport, view: Partial<View> = {}, extras: ReportExtras = {}) {
    const file = join(folder, `${(pages += 1)}.html`);
    writeFileSync(file, htmlReport(report, extras));
    browser.requests.length = 0;
    browser.problems.length = 0;
    return browser.open(pathToFileURL(file).href, { width: 1600, scheme: 'light', ...view });
  }

  const fleets: [string, FleetReport][] = [
    ['small', smallFleet()],
    ['large', largeFleet(1000)],
  ];
  const views = [400, 800, 1600].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));
  const cases = fleets.flatMap(([name, report]) => views.map((view) => ({ name, report, ...view })));

  test.each(cases)(
    'is as wide as the screen, and without errors: $name, $width pixels, $scheme',
    async ({ report, ...view }) => {
      const run = await open(report, view);
      // Folds are open, so that their contents count as well.
      await run("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      expect(await run(TOO_WIDE)).toBe(false);
      expect(browser.problems).toEqual([]);
      expect(browser.requests).toHaveLength(1);
    }
  );

  test.each(views.filter(({ width }) => width !== 800))(
    'has no problem that axe finds (WCAG AA): $width pixels, $scheme',
    async (view) => {
      const outputs = [{ serverId: 'gpu-b03', benchmark: 'burn', title: 'sample 1', text: 'GPU 5: FAULTY' }];
      const run = await open(smallFleet(), view, { outputs, previous: largeFleet(3) });
      await run("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      await run(axe.source);
      const found = await run(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] }).then(
        ({ violations, passes }) => ({
          passed: passes.length,
          violations: violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html.slice(0, 200), nodes[0].failureSummary]),
        })
      )`);
      expect(found).toEqual({ passed: expect.any(Number), violations: [] });
      expect((found as { passed: number }).passed).toBeGreaterThan(20);
    }
  );

  test('of 1,000 servers opens soon, beside other work too, with few tab stops', async () => {
    const run = await open(largeFleet(1000));
    expect(await run("performance.getEntriesByType('navigation')[0].loadEventEnd")).toBeLessThan(10_000);
    const focusable = "a[href], button, input, details > summary, [tabindex='0']";
    const stops = `[...document.querySelectorAll("${focusable}")].filter((each) => each.checkVisibility()).length`;
    expect(await run(stops)).toBeLessThan(400);
    expect(await run("document.querySelectorAll('.strip title').length")).toBeGreaterThan(5000);
  });

  test('names each dot by the arrow keys, from the lowest value to the highest', async () => {
    const run = await open(smallFleet());
    const names = (await run(`(() => {
      const strip = [...document.querySelectorAll('svg.strip')].find((each) => each.getAttribute('aria-label').startsWith('gpu.fp32'));
      const press = (key) => strip.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      strip.focus();
      const seen = [];
      for (let at = 0; at < 40; at += 1) { press('ArrowRight'); seen.push(strip.closest('figure').querySelector('output').textContent); }
      return [document.activeElement === strip, ...new Set(seen)];
    })()`)) as [boolean, ...string[]];
    expect(names).toHaveLength(1 + 31);
    expect(names[0]).toBe(true);
    expect(names[1]).toBe('gpu-b02 device 3 (0000:5d:00.0): 36,610 GFLOPS');
  });

  test('filters and sorts the servers', async () => {
    const run = await open(smallFleet());
    const shown = `[...document.querySelectorAll('.servers tbody tr')].filter((row) => !row.hidden).map((row) => row.cells[0].textContent)`;
    const type = (text: string): string =>
      `(() => { const input = document.querySelector('input'); input.value = ${JSON.stringify(text)}; input.dispatchEvent(new Event('input')); return ${shown}; })()`;
    expect(await run(type('epyc FAIL'))).toEqual(['cpu-b05']);
    expect(await run("document.querySelector('.tools output').textContent")).toBe('1 of 14');
    expect(await run(type(''))).toHaveLength(14);
    const sort = `(() => { document.querySelector('.servers thead button').click(); return ${shown}; })()`;
    const ids = smallFleet()
      .servers.map(({ serverId }) => serverId)
      .sort();
    expect(await run(sort)).toEqual(ids);
    expect(await run(sort)).toEqual(ids.reverse());
  });

  test('leads from the list of failed servers to each of them', async () => {
    const run = await open(smallFleet());
    await run("document.querySelector('#list a').click()");
    expect(await run("document.querySelector(':target h3').textContent")).toBe('gpu-b03 fail');
  });

  test('on paper is black on white, without what only a screen needs', async () => {
    const run = await open(smallFleet(), { width: 800, scheme: 'light', media: 'print' });
    expect(await run("getComputedStyle(document.querySelector('nav')).display")).toBe('none');
    expect(await run('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const dark = await open(smallFleet(), { width: 800, scheme: 'dark', media: 'print' });
    expect(await dark('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  });

  test.each(Object.entries(hostileNames))('keeps %s as text', async (_, text) => {
    const harmless = `[document.querySelectorAll('*').length, document.querySelectorAll('script').length]`;
    const usual = await (await open(reportSaying('harmless')))(harmless);
    const outputs = [{ serverId: `${text}gpu-b03`, benchmark: text, title: text, text }];
    const run = await open(reportSaying(text), { width: 400 }, { about: [[text, text]] });
    expect(browser.problems).toEqual([]);
    const [count, scripts] = (await run(harmless)) as [number, number];
    expect(scripts).toBe(1);
    // One more fact about the run.
    expect(count).toBe((usual as [number])[0] + 3);
    expect(await run(TOO_WIDE)).toBe(false);
    expect(String(await run('document.body.innerText'))).not.toMatch(/[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069]/);
    await open(reportSaying(text), { width: 400 }, { outputs });
    expect(browser.problems).toEqual([]);
  });
});
