import { setCurrentDetails } from '@temporalio/workflow';
import type { FleetPlan } from '../domain/plans/plan.ts';
import type { FleetReport } from '../domain/reports/fleet-report.ts';
import { attributesOfRun } from '../domain/reports/search-attributes.ts';
import { summaryMarkdown } from '../reports/runs/markdown.ts';
import type { ProgressRows } from './progress-rows.ts';
import { ShownAttributes } from './search-attributes.ts';

/** A hundred updates of the Web UI are enough, however many servers there are. */
const MAX_UPDATES = 100;

/** What the Temporal Web UI shows of a run. */
export class ShownRun {
  readonly #plan: FleetPlan;
  readonly #progressRows: ProgressRows;
  readonly #running: ReadonlyMap<string, unknown>;
  readonly #attributes = new ShownAttributes();

  constructor(plan: FleetPlan, progressRows: ProgressRows, running: ReadonlyMap<string, unknown>) {
    this.#plan = plan;
    this.#progressRows = progressRows;
    this.#running = running;
  }

  /** Whether to show this change. @param count - of such changes before */
  isDue(count: number): boolean {
    return count % Math.ceil(this.#plan.serverIds.length / MAX_UPDATES) === 0;
  }

  /** Shows a summary, and the numbers in the lists of workflows. */
  show(report: FleetReport): void {
    this.showSummary(report);
    if (this.#plan.shown?.searchAttributes) this.#attributes.show(attributesOfRun(report, this.#plan.serverIds.length));
  }

  showSummary(report: FleetReport): void {
    const live = { requested: this.#plan.serverIds.length, running: [...this.#running.keys()] };
    setCurrentDetails(summaryMarkdown(report, { ...live, undecided: this.#progressRows.undecided }));
  }
}

/** A run of which all servers have ended. */
export function showWaiting(report: FleetReport, what: string): void {
  setCurrentDetails(`${summaryMarkdown(report)}\n\nwaiting for ${what}`);
}
