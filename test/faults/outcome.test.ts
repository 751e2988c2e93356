import { describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { Entry } from './ledger.ts';
import { outcomeOf, type Expected } from './outcome.ts';
import type { Round } from './round.ts';
import { randomOf } from './random.ts';

const unaffected: Expected = { text: '' };

/** A round with one server, `web-1`, and two benchmarks. */
function roundWith(ledger: string, left: { folders?: string[]; processes?: number[] } = {}): Round {
  const entries = ledger.split(', ').map((text): Entry => {
    const [what, job] = text.split(' ') as [Entry['what'], string];
    return { what, jobId: `run.${job}.1`, serverId: 'web-1' };
  });
  const server = {
    serverId: 'web-1',
    jobFolders: () => left.folders ?? [],
    jobProcesses: () => left.processes ?? [],
  };
  const servers = [server] as unknown as Round['servers'];
  return { servers, benchmarks: { cpu: 1, burn: 1 }, ledger: () => entries } as unknown as Round;
}

/** @param verdicts of `cpu` and `burn`; a capitalized word is an error type */
function reportWith(verdicts: Record<string, string>, notes: string[] = []): FleetReport {
  const benchmarks = Object.entries(verdicts).map(([benchmark, verdict]) =>
    /^[A-Z]/.test(verdict)
      ? { benchmark, verdict: 'error', error: { type: verdict } }
      : { benchmark, verdict, error: null }
  );
  return {
    servers: [{ serverId: 'web-1', verdict: 'pass', error: null, benchmarks, notes }],
  } as unknown as FleetReport;
}

const whole = 'start cpu.1, end cpu.1, start burn.1, end burn.1';
const passed = reportWith({ cpu: 'pass', burn: 'pass' });

test('a round with the expected outcome has no complaints', () => {
  const outcome = outcomeOf(roundWith(whole), passed, unaffected);
  expect(outcome).toEqual({ started: 2, finishedOnce: 2, lost: 0, repeated: 0, leftBehind: 0, complaints: [] });
});

describe('a complaint is reported for', () => {
  const judge = (...args: Parameters<typeof outcomeOf>): [ReturnType<typeof outcomeOf>, string] => {
    const outcome = outcomeOf(...args);
    return [outcome, outcome.complaints.join('; ')];
  };

  test('a missing or different result', () => {
    const [outcome, report] = judge(roundWith(whole), reportWith({ cpu: 'pass', burn: 'JobLost' }), unaffected);
    expect(outcome.lost).toBe(1);
    expect(report).toBe('web-1 burn: JobLost, started 1 times, ended 1 times');
    expect(judge(roundWith(whole), null, unaffected)[0].lost).toBe(2);
  });

  test('an unexpected second start, and a missing one', () => {
    const twice = 'start cpu.1, start cpu.2, end cpu.2, start burn.1, end burn.1';
    expect(judge(roundWith(twice), passed, unaffected)[0].repeated).toBe(1);
    expect(judge(roundWith(twice), passed, unaffected)[1]).toContain('1 repeated: run.cpu.1.1 on web-1');
    const report = reportWith({ cpu: 'pass', burn: 'pass' }, ['cpu was measured again: the server was restarted']);
    expect(judge(roundWith(twice), report, { text: '', repeated: 1 })[1]).toBe('');
    expect(judge(roundWith(whole), passed, { text: '', repeated: 1 })[1]).toContain('0 repeated');
  });

  test('a second start that the row does not mention, for any fault', () => {
    const twice = 'start cpu.1, start cpu.2, end cpu.2, start burn.1, end burn.1';
    const other = reportWith({ cpu: 'pass', burn: 'pass' }, ['burn was measured again: the server was restarted']);
    for (const expected of [{ repeated: 1 }, { mayRepeat: true }, { mayBeInconclusive: true }] as const) {
      const [, report] = judge(roundWith(twice), other, { text: '', ...expected });
      expect(report).toContain('run.cpu.2.1 on web-1 was repeated, and its row does not say so');
    }
  });

  test('a command that ran at the same time as the next one', () => {
    const beside = 'start cpu.1, start cpu.2, end cpu.1, end cpu.2, start burn.1, end burn.1';
    const [, report] = judge(roundWith(beside), passed, { text: '', repeated: 1 });
    expect(report).toContain('on web-1, run.cpu.1.1 was not over at the start of run.cpu.2.1');
  });

  test('a folder, a process, or a leftover that the row names', () => {
    const [outcome, complaints] = judge(
      roundWith(whole, { folders: ['run.cpu.1.1'], processes: [7] }),
      passed,
      unaffected
    );
    expect(outcome.leftBehind).toBe(2);
    expect(complaints).toBe('left on web-1: folder run.cpu.1.1, process 7');
    const report = reportWith({ cpu: 'pass', burn: 'pass' }, ['leftover: burn (7)']);
    expect(judge(roundWith(whole), report, unaffected)[1]).toBe('web-1 says leftover: burn (7)');
  });

  test('for a cancelled run, only the loss of an earlier result', () => {
    const cancelled: Expected = { text: '', cancelled: true };
    const midway = 'start cpu.1, end cpu.1, start burn.1';
    expect(judge(roundWith(midway), reportWith({ cpu: 'pass' }, ['leftover: none']), cancelled)[1]).toBe('');
    expect(judge(roundWith(midway), reportWith({}), cancelled)[1]).toContain('web-1 cpu:');
    expect(judge(roundWith('start cpu.1'), reportWith({}), cancelled)[1]).toBe('');
    expect(judge(roundWith('start cpu.1'), null, { ...cancelled, nothingStarts: true })[1]).toContain('1 started');
  });
});

test('the same seed gives the same moments, another seed other ones', () => {
  const draw = (seed: number): number[] => {
    const { between } = randomOf(seed, 'worker SIGKILL', 3);
    return Array.from({ length: 20 }, () => between(0, 10));
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(Math.min(...draw(1))).toBeLessThan(4);
  expect(Math.max(...draw(1))).toBeGreaterThan(6);
});
