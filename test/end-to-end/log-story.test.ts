import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

type Line = Record<string, unknown>;

const SIZE = 12;
const slow = 'web-7';
const unreachable = 'web-99';
const noAddress = '127.0.1.99';

describe.skipIf(skipsWithout())('the log of a run of many servers', () => {
  let fleet: Fleet;
  let report: FleetReport;
  let lines: Line[];
  /** The address of each server. */
  let inventory: Map<string, string>;
  beforeAll(async () => {
    fleet = await startFleet(SIZE);
    inventory = new Map(fleet.serverIds.map((serverId) => [serverId, fleet.addressOf(serverId)]));
    inventory.set(unreachable, noAddress);
    const slowHere = `set -- $SSH_CONNECTION; [ $3 = ${fleet.addressOf(slow)} ] && echo score: 3 || echo score: 80`;
    fleet.configure({
      servers: { [unreachable]: { host: noAddress, port: fleet.sshd.port } },
      benchmarks: {
        cpu: scoreCommand(slowHere),
        gpu: scoreCommand('echo score: 80'),
      },
      expect: { 'cpu.score': { min: 50 } },
    });
    ({ report } = await fleet.run());
    lines = fleet.log();
  });
  afterAll(async () => fleet?.stop());

  const of = (serverId: string): Line[] => lines.filter((line) => line['serverId'] === serverId);
  const ssh2Of = (serverId: string): string[] => of(serverId).flatMap((line) => (line['ssh2'] as string[]) ?? []);

  test('belongs to a run with a slow and an unreachable server', () => {
    expect(report).toMatchObject({ requested: SIZE + 1, failed: [slow], errored: [unreachable] });
  });

  test('names the server in every line of SSH, activities and its workflow', () => {
    const about = lines.filter(
      (line) => 'ssh2' in line || 'jobId' in line || 'host' in line || line['workflowType'] === 'benchmarkServer'
    );
    expect(about.filter(({ serverId }) => !inventory.has(serverId as string))).toEqual([]);
    for (const serverId of fleet.serverIds) expect(ssh2Of(serverId).length, serverId).toBeGreaterThan(20);
  });

  test('names the benchmark only in the lines of the activity that runs it', () => {
    for (const serverId of fleet.serverIds) {
      const benchmarkLines = of(serverId).filter(({ benchmark }) => benchmark !== undefined);
      const activities = benchmarkLines.map(({ activityType, benchmark, msg }) => [activityType, benchmark, msg]);
      expect(activities, serverId).toEqual([
        ['benchmarkCommand', 'cpu', 'Activity started'],
        ['benchmarkCommand', 'cpu', 'Activity completed'],
        ['benchmarkCommand', 'gpu', 'Activity started'],
        ['benchmarkCommand', 'gpu', 'Activity completed'],
      ]);
    }
  });

  test('shows for the slow server: connection, host key, preparation, benchmarks, verdict', () => {
    const story = of(slow);
    expect(story.find(({ msg }) => msg === 'connecting')).toMatchObject({
      host: fleet.addressOf(slow),
      port: fleet.sshd.port,
    });
    expect(ssh2Of(slow)).toEqual(
      expect.arrayContaining([
        'Handshake: Host key format: ssh-ed25519',
        'Host accepted (verified)',
        'Handshake completed',
        'Inbound: Received USERAUTH_SUCCESS',
      ])
    );
    const steps = story
      .filter(({ activityType }) => activityType !== undefined)
      .map(({ activityType }) => activityType);
    const activities = ['prepareServer', 'benchmarkCommand', 'benchmarkCommand', 'releaseServer', 'recordServer'];
    expect(steps).toEqual(activities.flatMap(twice));
    const verdict = { verdict: 'fail', reason: 'cpu.score 3 of >= 50 points (6 %)' };
    expect(story.filter(({ msg }) => msg === 'server ended')).toMatchObject([verdict]);
    const failed = story.find(({ msg }) => msg === 'Workflow failed') as { err?: { message: string } } | undefined;
    expect(failed?.err?.message).toBe('web-7 fail cpu.score 3 of >= 50 points (6 %)');
    expect(story.at(-1)).toMatchObject({ msg: 'disconnected', reason: 'this worker closed the connection' });
  });

  test('shows why the unreachable server was not measured', () => {
    const story = of(unreachable);
    expect(story.find(({ msg }) => msg === 'ssh error')).toMatchObject({ err: { code: 'ECONNREFUSED' } });
    expect(ssh2Of(unreachable)).toContain(`Socket error: connect ECONNREFUSED ${noAddress}:${fleet.sshd.port}`);
    expect(story.filter(({ benchmark }) => benchmark !== undefined)).toEqual([]);
  });

  test('never mixes up two servers: no line of one names another or its address', () => {
    const names = [...inventory].flat();
    for (const [serverId, address] of inventory) {
      const others = names.filter((name) => name !== serverId && name !== address);
      const mixed = of(serverId).filter((line) => others.some((other) => mentions(JSON.stringify(line), other)));
      expect(mixed, serverId).toEqual([]);
    }
  });

  test('names the run, and no server, in the lines of the parent', () => {
    const parents = lines.filter(({ workflowType }) => workflowType === 'benchmarkFleet');
    expect(parents.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['Workflow started', 'run started', 'run ended', 'Workflow completed'])
    );
    expect(new Set(parents.map(({ run }) => run))).toEqual(new Set([report.run]));
    expect(parents.filter((line) => 'serverId' in line)).toEqual([]);
    expect(parents.find(({ msg }) => msg === 'run ended')).toMatchObject({ failed: [slow], errored: [unreachable] });
  });
});

function twice(text: string): string[] {
  return [text, text];
}

/** Matches whole words: `web-1` is not in `web-12`. */
function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w.-])${name.replaceAll('.', '\\.')}(?![\\w-]|\\.\\d)`).test(text);
}
