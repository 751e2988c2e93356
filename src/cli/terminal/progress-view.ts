import { createLogUpdate } from 'log-update';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { heartbeatLine, progressLine, renderProgress } from '../../reports/runs/progress.ts';
import { wrapped } from '../../reports/table.ts';
import { styleFor } from './colors.ts';
import { progressStates } from './progress-states.ts';
import { problemPrinter, widthOf, type Terminal } from './terminal.ts';

/** Shows the progress of a run: a line for each server that ends, and on a terminal a block that is redrawn. */
export interface ProgressView {
  /** @param steps - what running servers do */
  show: (progress: FleetProgress, steps?: ReadonlyMap<string, string>) => void;
  /** Learns how long servers took before, in seconds. */
  learn: (durations: ReadonlyMap<string, number>) => void;
  /** How often it needs newer steps; Infinity with `--quiet`. */
  stepsIntervalMs: number;
  say: (line: string) => void;
  /** Prints the servers that ended since the last `show`. */
  end(report: FleetReport): void;
  close(): void;
}

export interface ProgressOptions {
  /** Start of the run by the clock of Temporal, which can be ahead of ours; undefined: now. */
  start?: Date | undefined;
  /** The report of a check has a line for each server. */
  isCheck?: boolean;
  /** For tests: milliseconds since the epoch. */
  clock?: () => number;
}

/** A store or a receiver that is there needs less. */
const LONG_WAIT_MS = 3_000;

/** Without a block, the totals are a line of the log. */
const HEARTBEAT_MS = 60_000;

/** In larger runs a terminal shows no line for servers that passed: the final table lists them. */
const MAX_SHOWN_ROWS = 10;

export function createProgressView(
  terminal: Pick<Terminal, 'stdout' | 'stderr' | 'env' | 'color' | 'isQuiet'>,
  { start, isCheck = false, clock = Date.now }: ProgressOptions = {}
): ProgressView {
  const { stdout, stderr, env, isQuiet = false } = terminal;
  // A terminal of unknown size reports 0 columns: redrawing a block would fill it with copies.
  const canDraw = stderr.isTTY && stderr.columns > 0 && env['TERM'] !== 'dumb' && !isQuiet;
  const draw = canDraw ? createLogUpdate(stderr) : null;
  const style = styleFor(stderr, terminal);
  const ended = new Map<string, ServerRow>();
  const states = progressStates(new Date(Math.min(start?.getTime() ?? Infinity, clock())), ended);
  let lastBeat = clock();

  const say = (line: string): void => {
    draw?.clear();
    problemPrinter({ stderr })(line);
  };
  const isShown = ({ verdict }: ServerRow, requested: number): boolean => {
    const isRepeated = stderr.isTTY && stdout.isTTY;
    const isGood = verdict === 'pass' || verdict === 'measured';
    return !isQuiet && !(isRepeated && (isCheck || (isGood && requested > MAX_SHOWN_ROWS)));
  };
  const add = (rows: readonly ServerRow[], requested: number): void => {
    for (const row of rows) {
      if (!ended.has(row.serverId) && isShown(row, requested))
        wrapped(progressLine(row, style), widthOf(stderr), '  ').forEach(say);
      ended.set(row.serverId, row);
    }
  };
  const sayWait = longWaits(say);
  return {
    ...{ say, learn: states.learn, stepsIntervalMs: canDraw ? 4_000 : isQuiet ? Infinity : HEARTBEAT_MS / 3 },
    show(progress, steps = new Map()) {
      add(progress.rows, progress.requested ?? 0);
      sayWait(progress);
      const now = clock();
      const state = states.at(progress, steps, now);
      draw?.(renderProgress(state, stderr.columns, now));
      if (canDraw || isQuiet || now - lastBeat < HEARTBEAT_MS) return;
      lastBeat = now;
      say(heartbeatLine(state, now));
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

/** Says once that a run waits for the results store, and once that it waits for actions, if it has done so for a while. */
function longWaits(say: (line: string) => void): (progress: FleetProgress) => void {
  const store = longWait(say, 'the results store, which does not answer. The run ends when its results are safe.');
  const actions = longWait(say, 'actions. The results are safe; the run ends when all actions have ended.');
  return ({ storingSince, actingSince }) => {
    if (storingSince !== undefined) store.waits();
    if (actingSince !== undefined) actions.waits();
  };
}

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
