import { textWidth } from '../text-width.ts';
import { retryText } from '../../domain/records/retry.ts';
import type { ListedRun } from '../../domain/records/stored-runs.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { countUnjudged, verdicts } from '../../domain/verdicts/verdict.ts';
import { durationText, plural, verdictText } from '../counts.ts';
import { plain, type Style, type StyleRole } from '../style.ts';
import { fit, headRow, table, timeFormat } from '../table.ts';

export interface RunListingOptions {
  style?: Style;
  /** Columns of the terminal; a narrow one gets two lines for each run. */
  width?: number;
  /** Whether a run without an end can be running: a Temporal runs. */
  canRun?: boolean;
  /** A time zone, for tests. */
  timeZone?: string | undefined;
}

const INDENT = '  ';
const SPACE = 1;

/** Narrower notes say nothing. */
const MIN_NOTE_WIDTH = 8;

/** One line for each run: when it started, its result, how long it took, its id, and its note or schedule. */
export function runListingText(runs: readonly ListedRun[], options: RunListingOptions = {}): string {
  const { style = plain, width = Infinity, canRun = true, timeZone } = options;
  const when = timeFormat(timeZone);
  const rows = runs.map((run) => cellsOf(run, canRun, when));
  const head = ['started', 'result', 'time', 'run', 'note'];
  const columns = [0, 1, 2, 3].map((column) =>
    Math.max(textWidth(head[column]!), ...rows.map((row) => textWidth(row[column]!)))
  );
  const noteWidth = width - columns.reduce((sum, each) => sum + each + SPACE, 0);
  const hasNotes = rows.some(([, , , , note]) => note !== '');
  const isNarrow = noteWidth < (hasNotes ? MIN_NOTE_WIDTH : -SPACE);
  const lines = isNarrow
    ? rows.flatMap((row, index) => narrowLines(row, roleOf(runs[index]!), width, style))
    : table(
        [
          headRow(...head),
          ...rows.map(([when, result, time, id, note], index) => [
            when,
            { text: result, role: roleOf(runs[index]!) },
            time,
            id,
            fit(note, noteWidth),
          ]),
        ],
        style
      );
  return `${lines.join('\n')}\n`;
}

type Cells = [when: string, result: string, time: string, id: string, note: string];

function cellsOf(run: ListedRun, canRun: boolean, when: (iso: string) => string): Cells {
  const about = [run.schedule, retryText(run.retryOf, run.note), run.note].filter((text) => text !== null);
  const seconds = run.seconds === null ? '-' : durationText(run.seconds);
  const names = [...new Set(about)].map((text) => printable(text, 200)).join(': ');
  return [when(run.startedAt), resultText(run, canRun), seconds, printable(run.run, 200), names];
}

/** The result on a line of its own, then the rest, indented. */
function narrowLines([when, result, time, id, note]: Cells, role: StyleRole, width: number, style: Style): string[] {
  const rest = [id, time, note].filter((text) => text !== '' && text !== '-').join(', ');
  return [
    `${when} ${style(role, fit(result, width - when.length - 1))}`,
    style('muted', fit(`${INDENT}${rest}`, width)),
  ];
}

/** `6 pass, 2 fail`, `cancelled: 1 pass, 5 not reached`, `running: 3 of 10 servers ended, 1 fail`. */
function resultText(run: ListedRun, canRun: boolean): string {
  const { counts, endedAt, requested, isCancelled } = run;
  const shown = verdicts.filter((verdict) => counts[verdict] > 0);
  const text = shown.map((verdict) => `${counts[verdict]} ${verdictText(verdict)}`).join(', ');
  if (endedAt !== null) return `${isCancelled ? 'cancelled: ' : ''}${text || 'no servers'}`;
  const ended = shown.reduce((sum, verdict) => sum + counts[verdict], 0);
  const of =
    requested === null ? `${plural(ended, 'server')} ended` : `${ended} of ${plural(requested, 'server')} ended`;
  const bad = (['fail', 'error'] as const).filter((verdict) => counts[verdict] > 0);
  const worst = bad.map((verdict) => `, ${counts[verdict]} ${verdict}`).join('');
  return `${canRun ? 'running' : 'unfinished'}: ${of}${worst}`;
}

function roleOf({ counts, endedAt, isCancelled }: ListedRun): StyleRole {
  if (counts.fail > 0) return 'bad';
  if (endedAt === null) return 'muted';
  const isDoubtful = isCancelled || countUnjudged(counts) > 0;
  return isDoubtful ? 'doubtful' : 'good';
}
