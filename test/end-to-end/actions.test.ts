import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import { isSigned, SECRET } from '../support/signed.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';

describe.skipIf(skipsWithout())('the actions of a fleet', () => {
  let fleet: Fleet;
  let receiver: Receiver;
  /** The first request has no answer: whoever sent it is killed meanwhile. */
  const never = new Promise<void>(() => undefined);
  beforeAll(async () => {
    fleet = await startFleet(2);
    receiver = await startReceiver((index) => (index === 0 ? never : 204));
    writeFileSync(fleet.file('secret'), `${SECRET}\n`, { mode: 0o600 });
    const note = (word: string) => [
      '/bin/sh',
      '-c',
      `echo "${word} $FLEETMARK_SERVER" >> drained; cat > "$0"`,
      'input',
    ];
    fleet.configure({
      benchmarks: { cpu: scoreCommand('set -- $SSH_CONNECTION; echo "score: $((${3##*.} * 10))"') },
      expect: { 'cpu.score': { min: 20 } },
      actions: {
        page: { webhook: { url: receiver.url, secret: { file: 'secret' } } },
        drain: { command: note('drain'), undo: note('undrain'), limit: '50%' },
        capped: { command: ['/bin/false'], limit: '5%' },
      },
    });
  });
  afterAll(async () => {
    await receiver?.stop();
    await fleet?.stop();
  });

  test('kill -9 of the worker between sending and completion: the message comes again, with the same id', async () => {
    const run = fleet.start('run', '--yes');
    const [, runId] = await run.waitFor(/^Run (\S+):/m);
    await receiver.receives(1);
    run.process.kill('SIGKILL');
    await run.ended;
    await eventually(
      () => processesWith(fleet.file('state')),
      (left) => left.length === 0
    );
    const { stdout, exitCode } = await fleet.start('run', '--resume', '--json').ended;
    const report = JSON.parse(stdout) as FleetReport;
    expect({ run: report.run, exitCode }).toEqual({ run: runId, exitCode: 1 });
    const [first, ...more] = receiver.received;
    expect(more).toHaveLength(1);
    expect([first!, ...more].every(isSigned)).toBe(true);
    expect(more[0]!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(more[0]!.body).toBe(first!.body);
    expect(report.actions).toEqual([
      { action: 'page', change: 'failed', state: 'done', message: null, servers: ['web-1'] },
      { action: 'drain', change: 'failed', state: 'done', message: null, servers: ['web-1'] },
      expect.objectContaining({ action: 'capped', state: 'held_back' }),
    ]);
  });

  test('a command gets ids in its environment, and the whole message on its standard input', () => {
    // Twice if it was running when its worker was killed.
    expect(readFileSync(fleet.file('drained'), 'utf8')).toMatch(/^(drain web-1\n){1,2}$/);
    const message = JSON.parse(readFileSync(fleet.file('input'), 'utf8')) as object;
    expect(message).toMatchObject({
      type: 'fleetmark.servers.changed',
      data: { action: 'drain', servers: [{ serverId: 'web-1', reason: 'cpu.score 10 of >= 20 points (50 %)' }] },
    });
  });

  test('the report has a line for each action, above the servers that failed; plan says what would be called', async () => {
    const { stdout } = await fleet.start('report').ended;
    expect(stdout).toMatch(
      /\naction result +for\npage +done +web-1 newly failed\ndrain +done +web-1 newly failed\ncapped held back web-1 newly failed: it would have acted on 1 of 2 servers of class default; the limit is 5 %, which is 0\n\nweb-1 fail cpu\.score/
    );
    const plan = await fleet.start('plan').ended;
    expect(plan.stdout).toMatch(
      /\ncapped command \/bin\/false +on fail; .*at most 5 % of a class: default 0 of 2 servers \(never\)\n/
    );
    expect(plan.stdout).not.toContain('T0KEN');
  });

  test('neither the secret nor the URL is in a report or a log', async () => {
    const printed = [(await fleet.start('report', '--json').ended).stdout, JSON.stringify(fleet.log())];
    for (const text of printed) {
      expect(text).not.toContain(SECRET.slice('whsec_'.length));
      expect(text).not.toContain('T0KEN');
    }
  });
});
