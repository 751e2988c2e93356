import { createLogUpdate } from 'log-update';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { countVerdicts } from '../../domain/verdicts/verdict.ts';
import { progressLine, renderProgress } from '../../reports/runs/progress.ts';
import { styleFor } from './colors.ts';
import { problemPrinter, type Terminal } from './terminal.ts';

/** Shows the progress of a run: a line for each server that ends, and on a terminal a block that is redrawn. */
export interface ProgressView {
  show: (progress: FleetProgress) => void;
  say: (line: string) => void;
  /** Prints the servers that ended since the last `show`. */
  end(report: FleetReport): void;
  close(): void;
}

/** A store or a receiver that is there needs less. */
const LONG_WAIT_MS = 3_000;

/** In larger runs a terminal shows no line for servers that passed: the final table lists them. */
const MAX_SHOWN_ROWS = 10;

/** @param start - of the run, by the clock of Temporal, which can be ahead of ours; undefined: now */
export function createProgressView(
  terminal: Pick<Terminal, 'stdout' | 'stderr' | 'env' | 'color' | 'isQuiet'>,
  start?: Date
): ProgressView {
  const { stdout, stderr, env } = terminal;
  // A terminal of unknown size reports 0 columns: redrawing a block would fill it with copies.
  const canDraw = stderr.isTTY && stderr.columns > 0 && env['TERM'] !== 'dumb';
  const draw = canDraw ? createLogUpdate(stderr) : null;
  const style = styleFor(stderr, terminal);
  const startedAt = new Date(Math.min(start?.getTime() ?? Infinity, Date.now())).toISOString();
  const ended = new Map<string, ServerRow>();

  const say = (line: string): void => {
    draw?.clear();
    problemPrinter({ stderr })(line);
  };
  const isShown = ({ verdict }: ServerRow, requested: number): boolean => {
    const isGood = verdict === 'pass' || verdict === 'measured';
    return !(isGood && requested > MAX_SHOWN_ROWS && stderr.isTTY && stdout.isTTY);
  };
  const add = (rows: readonly ServerRow[], requested: number): void => {
    for (const row of rows) {
      if (!ended.has(row.serverId) && isShown(row, requested)) say(progressLine(row, style));
      ended.set(row.serverId, row);
    }
  };
  const store = longWait(say, 'the results store, which does not answer. The run ends when its results are safe.');
  const actions = longWait(say, 'actions. The results are safe; the run ends when all actions have ended.');
  return {
    say,
    show({ requested, running, ended: count, rows, storingSince, actingSince }) {
      add(rows, requested ?? 0);
      if (storingSince !== undefined) store.waits();
      if (actingSince !== undefined) actions.waits();
      const counts = countVerdicts([...ended.values()].map((row) => row.verdict));
      draw?.(renderProgress({ requested, running, ended: count, counts, startedAt }, stderr.columns, Date.now()));
    },
    end(report) {
      draw?.clear();
      add(report.servers, report.requested);
    },
    close() {
      draw?.clear();
      draw?.done(); // shows the cursor again
    },
  };
}

/** Says once what a run waits for, if it has done so for a while. */
function longWait(say: (line: string) => void, what: string): { waits(): void } {
  let began: number | null = null;
  let isSaid = false;
  return {
    waits() {
      began ??= performance.now();
      if (isSaid || performance.now() - began < LONG_WAIT_MS) return;
      isSaid = true;
      say(`Waiting for ${what}`);
    },
  };
}
