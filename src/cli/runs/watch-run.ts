import type { Client, WorkflowHandle } from '@temporalio/client';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { EarlierDurations } from './earlier-durations.ts';
import { serverSteps } from './server-steps.ts';
import { emptySnapshot, followRun } from './follow-run.ts';
import { leaveRun } from './leave-run.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { createProgressView, type ProgressView } from '../terminal/progress-view.ts';
import { Refusal } from '../terminal/refusal.ts';
import { monitorResponses } from './monitor-responses.ts';
import { markRunInProgress } from '../terminal/end-process.ts';
import { leaveOnSignal, stopOnSignal, type Stop } from './stop-on-signal.ts';
import type { TemporalSession } from './temporal-session.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { webUiLink } from './web-ui-link.ts';
import { printableIds } from './unfinished-runs.ts';

export interface WatchResult {
  report: FleetReport;
  /** The exit code for a signal during the run, else null. */
  interrupted: number | null;
}

type Session = Pick<TemporalSession, 'client' | 'address' | 'lost'>;

interface RunKind {
  /** The run is already being cancelled. */
  isCancelled?: boolean;
  isCheck?: boolean;
  /** Another process started the run: a signal leaves at once, and the run goes on. */
  isOfAnother?: boolean;
  /** When it started; undefined: now. */
  startedAt?: Date;
  /** For an estimate of its end. */
  durations?: EarlierDurations;
}

/**
 * Prints the id of a run and its link in the Web UI, and returns the handle.
 * @param until - when the link stops working
 */
export function printRunLink(
  handle: WorkflowHandle,
  { uiUrl }: TemporalSession,
  say: (line: string) => unknown,
  until?: string
): WorkflowHandle {
  const { workflowId } = handle;
  const link =
    uiUrl === null ? '' : `: ${webUiLink(uiUrl, workflowId)}${until === undefined ? '' : ` (until ${until})`}`;
  say(`Run ${printableIds(workflowId)}${link}`);
  return handle;
}

const OVERDUE_MS = 30_000;

/**
 * Shows a run from its start to its end. Ctrl-C cancels it and waits up to 10 s until its servers are free; the report is
 * then partial. If the run is already being cancelled, or is of another process, Ctrl-C leaves at once.
 * @throws Refusal as {@link followRun}; with the exit code of the signal if there is no report
 */
export async function watchRun(
  started: Promise<WorkflowHandle>,
  session: Session,
  terminal: Terminal,
  kind: RunKind = {}
): Promise<WatchResult> {
  const { isCancelled = false, isCheck = false, isOfAnother = false, startedAt: start } = kind;
  const view = createProgressView(terminal, { start, isCheck });
  const unmarkRun = isOfAnother ? () => undefined : markRunInProgress();
  const what = isCheck ? 'Ending the check' : 'Stopping the load on the servers';
  const stop = isOfAnother
    ? leaveOnSignal()
    : stopOnSignal(started, { client: session.client, isCancelled, what, say: view.say });
  let overdue: NodeJS.Timeout | undefined;
  try {
    const handle = await Promise.race([started, stop.leave]);
    if (handle === 'leave') throw new Refusal('stopped waiting before Temporal confirmed the start of the run');
    if (isCancelled) overdue = setTimeout(() => view.say(stuckText(handle)), OVERDUE_MS);
    const report = await waitForEndOrLeave(handle, session, { view, stop, ...kind });
    return { report, interrupted: stop.exitCode() };
  } catch (error) {
    const signal = stop.exitCode();
    if (signal !== null && error instanceof Refusal) throw new Refusal(error.message, signal);
    throw error;
  } finally {
    clearTimeout(overdue);
    unmarkRun();
    view.close();
    stop.end();
  }
}

async function waitForEndOrLeave(
  handle: WorkflowHandle,
  { client, address, lost }: Session,
  {
    view,
    stop,
    isCancelled = false,
    isCheck = false,
    isOfAnother = false,
    durations = () => Promise.resolve(new Map()),
  }: RunKind & { view: ProgressView; stop: Stop }
): Promise<FleetReport> {
  const snapshot = emptySnapshot();
  const monitor = monitorResponses(client, address, view.say);
  try {
    const show = progressShower(view, client, durations);
    const followed = followRun(handle, snapshot, { show, answered: monitor.answered, lost });
    followed.catch(() => undefined); // it may reject after `leave` has won the race
    const report = await Promise.race([followed, stop.leave]);
    if (report !== 'leave') {
      view.end(report);
      return report;
    }
    if (isCancelled) {
      const wait = ownCommand('cancel', handle.workflowId);
      throw new Refusal(`${printableIds(handle.workflowId)} is still being cancelled; wait for its end: ${wait}`);
    }
    if (isOfAnother) throw new Refusal(leftText(handle.workflowId));
    const known = { snapshot, isCheck, cancelError: stop.cancelError(), missing: monitor.missing() };
    const left = await leaveRun({ client, handle, ...known });
    if (left.report === null) throw new Refusal(left.lines.join('\n'));
    for (const line of left.lines) view.say(line);
    return left.report;
  } finally {
    monitor.stop();
  }
}

/** Shows progress with what the servers do and how long they took before, which is asked once. */
function progressShower(view: ProgressView, client: Client, durations: EarlierDurations): ProgressView['show'] {
  const steps = serverSteps(client, view.stepsIntervalMs);
  let isAsked = view.stepsIntervalMs === Infinity;
  return (progress) => {
    const { serverIds, settings } = progress;
    if (!isAsked && serverIds !== undefined && settings !== undefined) {
      isAsked = true;
      void durations({ serverIds, benchmarks: settings.benchmarks }).then(view.learn);
    }
    view.show(progress, steps(progress.running));
  };
}

/** A run without a worker, or with a worker of another version, never handles its cancellation. */
function stuckText({ workflowId }: WorkflowHandle): string {
  return (
    `${printableIds(workflowId)} has not ended yet. Press Ctrl-C to leave. If it never ends, terminate it, and check its servers ` +
    `for running jobs: ${ownCommand('temporal', 'workflow', 'terminate', '--workflow-id', workflowId)}`
  );
}

function leftText(runId: string): string {
  const again = `Watch it again: ${ownCommand('watch', runId)}`;
  return `left ${printableIds(runId)}, which goes on\n${again}\nCancel it: ${ownCommand('cancel', runId)}`;
}
