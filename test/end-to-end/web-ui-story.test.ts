import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { Browser, chromium } from '../support/browser.ts';
import { eventually } from '../support/processes.ts';
import { quietOff, scoreCommand } from '../support/fleetmark-yaml.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startUp, type Up } from './up.ts';

const skips = skipsWithout() || (chromium === undefined && process.env['CI'] !== 'true');

describe.skipIf(skips)('the Temporal Web UI, in a real browser', () => {
  let fleet: Fleet;
  let up: Up;
  let browser: Browser;
  let report: FleetReport;
  let run: string;

  beforeAll(async () => {
    fleet = await startFleet(2);
    // The second server is slow: each has its own address.
    const command = 'case $SSH_CONNECTION in *" 127.0.1.2 "*) echo score: 12 ;; *) echo score: 80 ;; esac';
    fleet.configure({
      quiet: quietOff,
      benchmarks: { cpu: scoreCommand(command) },
      expect: { 'cpu.score': { min: 50 } },
    });
    up = await startUp(fleet);
    ({ report } = await fleet.run('--note', 'after the upgrade'));
    ({ run } = report);
    browser = new Browser();
  });
  afterAll(async () => {
    await browser?.close();
    await up?.stop();
    await fleet?.stop();
  });

  /** The text of a page and of the frames in it, in which the Web UI shows Markdown. */
  const visible = `Promise.all([...document.querySelectorAll('iframe')].map(async (frame) =>
    new DOMParser().parseFromString(frame.srcdoc || (await (await fetch(frame.src)).text()), 'text/html').body.innerText
  )).then((frames) => [document.body.innerText, ...frames].join('\\n'))`;
  const pageText = async (path: string, isThere: (text: string) => boolean, list = 'workflows'): Promise<string> => {
    const read = await browser.open(`${up.webUi}/namespaces/default/${list}${path}`);
    return eventually(async () => String(await read(visible)), isThere, 30_000);
  };
  const listed = (query: string): string => `?query=${encodeURIComponent(query)}`;

  test('lists the runs in which a server has failed', async () => {
    await pageText(listed('FleetmarkFailed > 0 AND FleetmarkVerdict = "fail"'), (text) => text.includes(run));
    await pageText(listed('FleetmarkFailed = 0 AND WorkflowType = "benchmarkFleet"'), (text) =>
      text.includes('No Results')
    );
  });

  test('lists the servers that failed in a run', async () => {
    const query = `FleetmarkRun = "${run}" AND FleetmarkVerdict = "fail" AND FleetmarkClass = "default"`;
    const text = await pageText(listed(query), (each) => each.includes('server/web-2'));
    expect(text).not.toContain('server/web-1');
  });

  test('shows in a run what failed, and why', async () => {
    const page = `/${run}/${report.temporalRunId}/user-metadata`;
    const text = await pageText(page, (each) => each.includes('cpu.score 12 of'));
    expect(text).toContain('2 servers');
    expect(text).toContain('after the upgrade');
  });

  test('shows in a server what was measured, with its limit', async () => {
    const { temporalRunId } = report.servers.find(({ serverId }) => serverId === 'web-1')!;
    const text = await pageText(`/${encodeURIComponent('server/web-1')}/${temporalRunId}/user-metadata`, (each) =>
      each.includes('80 points')
    );
    expect(text).toContain('at least 50 points');
    expect(text).toContain('1 of 1 benchmarks done');
  });

  test('shows a schedule with its times, its input and its runs', async () => {
    const create = ['schedule', 'create', 'nightly', '--cron', '0 2 * * *', '--timezone', 'Europe/Oslo'];
    expect((await fleet.start(...create, '--limit', 'web-1').ended).exitCode).toBe(0);
    const triggered = await fleet.start('schedule', 'trigger', 'nightly').ended;
    const scheduled = triggered.stdout.trim();
    await up.client.workflow.getHandle(scheduled).result();
    const text = await pageText('/nightly', (each) => each.includes(scheduled), 'schedules');
    expect(text).toContain('benchmarkFleet');
    expect(text).toContain('Europe/Oslo');
    await pageText('', (each) => each.includes('nightly'), 'schedules');
    await pageText(listed('TemporalScheduledById = "nightly"'), (each) => each.includes(scheduled));
  });
});
