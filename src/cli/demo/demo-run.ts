import type { WorkflowHandle } from '@temporalio/client';
import { writeDemoConfiguration } from '../../demo/demo-configuration.ts';
import type { DemoFleet } from '../../demo/demo-fleet.ts';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { rejectWhenTemporalStops } from '../runs/reject-when-temporal-stops.ts';
import { startRun } from '../runs/start-run.ts';
import type { TemporalSession } from '../runs/temporal-session.ts';
import { printReport } from '../runs/print-report.ts';
import { printRunLink, watchRun } from '../runs/watch-run.ts';
import { messagePrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';
import { expectationsFrom, inconsistencies, otherLoadPhrases } from './demo-calibration.ts';
import { demoOutcome, tooBusyOutcome, type DemoOutcome } from './demo-outcome.ts';

export interface DemoRun extends JsonOption {
  /** When its Temporal ends: `Ctrl-C`. */
  until: string;
  fleet: DemoFleet;
  session: TemporalSession;
  terminal: Terminal;
  /** Ends the wait for a worker. */
  signal: AbortSignal;
}

const MAX_CALIBRATIONS = 3;

/** Measures healthy servers, expects the same of the whole fleet, and benchmarks that. */
export async function runDemo(demo: DemoRun): Promise<DemoOutcome> {
  return (await calibrate(demo)) ?? (await benchmarkFleet(demo));
}

/** Writes the expectations for the demo. Resolves to null, or to the outcome if the machine is too busy. */
async function calibrate(demo: DemoRun): Promise<DemoOutcome | null> {
  const { fleet, session, terminal } = demo;
  const say = messagePrinter(terminal);
  say('First: how fast is a healthy server here?');
  const input = { limit: ['demo-1', 'demo-2'], benchmarks: ['cpu'], measureOnly: true, note: 'calibration' };
  for (let count = 1; ; count += 1) {
    const { report, interrupted } = await watchRun(start(demo, input), session, terminal);
    if (interrupted !== null) return { text: '', exitCode: interrupted };
    const reasons = inconsistencies(report.servers);
    if (reasons.length === 0) {
      await writeDemoConfiguration(fleet, expectationsFrom(report));
      return null;
    }
    if (count === MAX_CALIBRATIONS) return tooBusyOutcome([...reasons, ...otherLoadPhrases(report.servers)]);
    say(`These results are unreliable: ${reasons.join('; ')}. Measuring again:`);
  }
}

async function benchmarkFleet(demo: DemoRun): Promise<DemoOutcome> {
  const { session, terminal, until } = demo;
  const say = messagePrinter(terminal);
  say('Now the whole fleet, with these expectations:');
  const started = start(demo, { note: 'demo' }).then((handle) => printRunLink(handle, session, say, until));
  const { report, interrupted } = await watchRun(started, session, terminal);
  printReport(report, demo, terminal);
  return interrupted === null ? demoOutcome(report) : { text: '', exitCode: interrupted };
}

function start({ session, terminal, signal }: DemoRun, input: FleetInput): Promise<WorkflowHandle> {
  return rejectWhenTemporalStops(session, startRun(session, input, { say: messagePrinter(terminal), signal }));
}
