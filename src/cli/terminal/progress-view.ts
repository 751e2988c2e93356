import { createLogUpdate } from 'log-update';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { countVerdicts } from '../../domain/verdicts/verdict.ts';
import { progressLine, renderProgress } from '../../reports/runs/progress.ts';
import { styleFor } from './style.ts';
import { messagePrinter } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Tells of a run while it goes on: each server as it ends, and on a terminal a block that is drawn anew. */
export interface ProgressView {
  show(progress: FleetProgress): void;
  say: (line: string) => void;
  /** Tells of the servers that ended since it was last shown. */
  end(report: FleetReport): void;
  close(): void;
}

/** Of a longer list than this, on a terminal, only what did not pass is told: the table that follows has all. */
const MAX_SHOWN_ROWS = 10;

export function createProgressView({ stdout, stderr, env }: Pick<Terminal, 'stdout' | 'stderr' | 'env'>): ProgressView {
  // A terminal that does not know its size says 0, and a block drawn over and over would fill it.
  const canDraw = stderr.isTTY && stderr.columns > 0 && env['TERM'] !== 'dumb';
  const draw = canDraw ? createLogUpdate(stderr) : null;
  const style = styleFor(stderr);
  const startedAt = new Date().toISOString();
  const ended = new Map<string, ServerRow>();

  const say = (line: string): void => {
    draw?.clear();
    messagePrinter({ stderr })(line);
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
  return {
    say,
    show({ requested, running, ended: count, rows }) {
      add(rows, requested ?? 0);
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
