import { defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { ServerPlan } from '../domain/plans/plan.ts';
import { isSampleMessage, SAMPLE_SIGNAL, type SampleMessage } from '../domain/plans/sample-message.ts';
import type { BenchmarkRow } from '../domain/verdicts/server-row.ts';
import { serverMarkdown } from '../reports/runs/server-markdown.ts';

/** What the Web UI shows of a server while it is measured: results, and the sample that is being measured. */
export class ShownServer {
  readonly #serverId: string;
  readonly #plan: ServerPlan;
  readonly #rows: readonly BenchmarkRow[];
  #latest: SampleMessage | null = null;

  /** @param rows - of the benchmarks that were judged; grows */
  constructor(serverId: string, plan: ServerPlan, rows: readonly BenchmarkRow[]) {
    this.#serverId = serverId;
    this.#plan = plan;
    this.#rows = rows;
    const description = 'from its worker: the sample that is being measured';
    setHandler(defineSignal<[unknown]>(SAMPLE_SIGNAL), (message) => this.#hear(message), { description });
  }

  show(): void {
    const { hardwareClass, benchmarks } = this.#plan;
    const current = benchmarks[this.#rows.length]?.benchmark;
    const sample = this.#latest?.benchmark === current ? this.#latest?.sample : undefined;
    setCurrentDetails(serverMarkdown(this.#serverId, hardwareClass, benchmarks, this.#rows, sample));
  }

  #hear(message: unknown): void {
    if (!isSampleMessage(message)) return;
    this.#latest = message;
    this.show();
  }
}
