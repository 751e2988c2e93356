import { describe, expect, test } from 'vitest';
import { createProgressView } from '../../../src/cli/terminal/progress-view.ts';
import type { FleetProgress } from '../../../src/domain/reports/fleet-progress.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { reportOf } from '../../reports/example-report.ts';
import { fakeTerminal } from '../terminal.ts';

const one = unmeasuredRow('web-1', 'pass', null);
const two = unmeasuredRow('web-2', 'fail', null, 'cpu.score 3 of >= 5 points');

function progress(changed: Partial<FleetProgress>): FleetProgress {
  return { requested: 2, running: [], ended: 0, rows: [], ...changed };
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

describe('without a terminal', () => {
  test('each server is shown once, when it ends', () => {
    const terminal = fakeTerminal({});
    const view = createProgressView(terminal);
    view.show(progress({ running: [{ serverId: 'web-1', since: new Date().toISOString() }] }));
    expect(terminal.written('stderr')).toBe('');
    view.show(progress({ ended: 1, rows: [one] }));
    view.show(progress({ ended: 1 }));
    view.end(reportOf([one, two]));
    view.close();
    const lines = linesOf(terminal.written('stderr'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^web-1 pass/);
    expect(lines[1]).toBe('web-2 fail cpu.score 3 of >= 5 points');
  });

  test('the totals are a line every minute, with what is left by the time that servers took before', () => {
    const terminal = fakeTerminal({});
    let now = Date.now();
    const view = createProgressView(terminal, { clock: () => now });
    const since = new Date(now).toISOString();
    view.learn(new Map([['web-1', 300]]));
    const running = [{ serverId: 'web-1', since }];
    const planned = { serverIds: ['web-1', 'web-2'], settings: { benchmarks: ['cpu'], maxParallel: 1 } };
    for (let second = 0; second < 130; second += 1) {
      now += 1_000;
      view.show(progress({ running, ...(second === 0 && planned) }), new Map([['web-1', 'cpu, sample 1 of 3']]));
    }
    expect(linesOf(terminal.written('stderr'))).toEqual([
      '0 of 2 servers done, 1 running, 1 waiting, 1m, about 9m left; longest: web-1 1m, 20 %, cpu, sample 1 of 3',
      '0 of 2 servers done, 1 running, 1 waiting, 2m, about 8m left; longest: web-1 2m, 40 %, cpu, sample 1 of 3',
    ]);
  });

  test('with --quiet only problems are written', () => {
    const terminal = { ...fakeTerminal({}), isQuiet: true };
    let now = Date.now();
    const view = createProgressView(terminal, { clock: () => now });
    view.show(progress({ ended: 1, rows: [one] }));
    now += 120_000;
    view.show(progress({ ended: 1 }));
    view.end(reportOf([one, two]));
    expect(terminal.written('stderr')).toBe('');
    view.say('the worker does not answer');
    expect(terminal.written('stderr')).toBe('the worker does not answer\n');
  });

  test('nothing is written to stdout', () => {
    const terminal = fakeTerminal({});
    createProgressView(terminal).end(reportOf([one, two]));
    expect(terminal.written('stdout')).toBe('');
  });

  test('text from a server cannot move the cursor', () => {
    const terminal = fakeTerminal({});
    createProgressView(terminal).end(reportOf([unmeasuredRow('web-3', 'error', null, 'evil \u001b[2J\u009b1A\ntext')]));
    expect(terminal.written('stderr')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(linesOf(terminal.written('stderr'))).toHaveLength(1);
  });
});

describe('on a terminal', () => {
  test('a block shows the running servers, and is cleared at the end', () => {
    const terminal = fakeTerminal({ isTTY: true, env: { TERM: 'xterm' } });
    const view = createProgressView(terminal);
    view.show(progress({ running: [{ serverId: 'web-1', since: new Date().toISOString() }] }));
    expect(terminal.written('stderr')).toContain('0 of 2 servers done, 1 running, 1 waiting');
    view.show(progress({ ended: 1, rows: [one], running: [{ serverId: 'web-2', since: new Date().toISOString() }] }));
    expect(terminal.written('stderr')).toContain('1 of 2 servers done, 1 running');
    view.end(reportOf([one, two]));
    view.close();
    const last = terminal.written('stderr').split('servers done').at(-1)!;
    expect(last).toContain('web-2 ');
  });

  test('the cursor is shown again at the end', () => {
    const terminal = fakeTerminal({ isTTY: true, env: { TERM: 'xterm' } });
    const view = createProgressView(terminal);
    view.show(progress({}));
    view.close();
    const [hidden, shown] = ['\u001b[?25l', '\u001b[?25h'].map((code) => terminal.written('stderr').lastIndexOf(code));
    expect(shown).toBeGreaterThanOrEqual(hidden!);
  });

  test('of unknown size, no block is drawn', () => {
    const terminal = fakeTerminal({ isTTY: true, env: { TERM: 'xterm' } });
    terminal.stderr.columns = 0;
    createProgressView(terminal).show(progress({}));
    expect(terminal.written('stderr')).toBe('');
  });

  test('with TERM=dumb, no block is drawn', () => {
    const terminal = fakeTerminal({ isTTY: true, env: { TERM: 'dumb' } });
    createProgressView(terminal).show(progress({}));
    expect(terminal.written('stderr')).toBe('');
  });
});

test.each([
  ['an hour ago', -3_600_000, '1h'],
  ['in the future, by another clock', 3_600_000, '0s'],
])('a run that started %s is shown with its own time', (_when, ms, elapsed) => {
  const terminal = fakeTerminal({ isTTY: true, env: { TERM: 'xterm' } });
  createProgressView(terminal, { start: new Date(Date.now() + ms) }).show(progress({}));
  expect(terminal.written('stderr')).toMatch(new RegExp(`servers done.*, ${elapsed}`));
});

describe('with more than 10 servers', () => {
  const rows = Array.from({ length: 11 }, (_, index) =>
    unmeasuredRow(`web-${index}`, index === 3 ? 'fail' : 'pass', null)
  );
  const printedLines = (terminal: ReturnType<typeof fakeTerminal>, count: number): number => {
    createProgressView(terminal).end(reportOf(rows.slice(0, count)));
    return terminal.written('stderr').match(/web-/g)?.length ?? 0;
  };

  test('on a terminal, servers that passed are not shown in a large run', () => {
    const terminal = fakeTerminal({ isTTY: true, env: { TERM: 'xterm' } });
    expect(printedLines(terminal, 11)).toBe(1);
    expect(terminal.written('stderr')).toContain('web-3 ');
  });

  test('on a terminal, a check shows none: its report has them', () => {
    const terminal = fakeTerminal({ isTTY: true, env: { TERM: 'xterm' } });
    createProgressView(terminal, { isCheck: true }).end(reportOf(rows));
    expect(terminal.written('stderr')).not.toContain('web-');
  });

  test('all are shown if stdout is not a terminal, there is no terminal, or the run is smaller', () => {
    const piped = fakeTerminal({ isTTY: true, env: { TERM: 'xterm' } });
    piped.stdout.isTTY = false;
    expect(printedLines(piped, 11)).toBe(11);
    expect(printedLines(fakeTerminal({}), 11)).toBe(11);
    expect(printedLines(fakeTerminal({ isTTY: true, env: { TERM: 'xterm' } }), 10)).toBe(10);
  });
});
