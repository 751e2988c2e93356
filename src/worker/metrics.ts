import type { InjectedSinks, MetricsExporterConfig, Runtime } from '@temporalio/worker';
import type { OutcomeSinks, RunOutcome, ServerOutcome } from '../domain/records/outcomes.ts';
import type { Results } from '../domain/records/records.ts';
import { verdicts } from '../domain/verdicts/verdict.ts';
import { printable } from '../domain/values/untrusted.ts';

type Meter = Runtime['metricMeter'];

/** Upper bounds of histograms, by name. */
const buckets = {
  fleetmark_run_duration: [60, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 86_400],
  fleetmark_job_duration: [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400],
  fleetmark_limit_ratio: [0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.02, 1.05, 1.1, 1.2, 1.5, 2],
};

const MAX_LABEL = 100;

/** Names as Prometheus wants them: `_total` and `_seconds` at the end, durations in seconds. */
export function exporterConfig(bindAddress: string): MetricsExporterConfig {
  const suffixes = { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };
  return { attachServiceName: false, prometheus: { bindAddress, ...suffixes, histogramBucketOverrides: buckets } };
}

/** The metrics of a worker; docs/metrics.md lists them. Nothing keeps them if they are not exported. */
export interface WorkerMetrics {
  sinks: InjectedSinks<OutcomeSinks>;
  /** Sets the number of open SSH connections. */
  connections(open: number): void;
  jobEnded(benchmark: string, seconds: number): void;
  /** The same results, whose failed writes are counted. */
  countFailures(results: Results): Results;
  /** Begins the series of these classes at 0: Prometheus does not see that a new series has grown from 0 to 1. */
  begin(classes: readonly string[]): void;
}

export function workerMetrics(meter: Meter): WorkerMetrics {
  const jobs = meter.createHistogram('fleetmark_job_duration', 'float', 'seconds', 'Duration of jobs, one per sample');
  const open = meter.createGauge('fleetmark_ssh_connections', 'int', '', 'Open SSH connections');
  const failures = meter.createCounter('fleetmark_results_write_failures', '', 'Failed writes of the results store');
  open.set(0);
  failures.add(0);
  const [servers, countRun] = [serverCounter(meter), runCounter(meter)];
  return {
    sinks: {
      outcomes: {
        serverEnded: { fn: (_workflow, outcome) => servers.count(outcome), callDuringReplay: false },
        runEnded: { fn: (_workflow, outcome) => countRun(outcome), callDuringReplay: false },
      },
    },
    connections: (count) => open.set(count),
    jobEnded: (benchmark, seconds) => jobs.record(Math.max(0, seconds), { benchmark: label(benchmark) }),
    begin: (classes) => servers.begin(classes),
    countFailures: (results) => countingFailures(results, () => failures.add(1)),
  };
}

function serverCounter(meter: Meter) {
  const servers = meter.createCounter('fleetmark_servers', '', 'Servers that have ended, by verdict');
  const errors = meter.createCounter('fleetmark_errors', '', 'Servers without a judgement, by the type of the error');
  const values = meter.createGauge(
    'fleetmark_last_value',
    'float',
    '',
    'Last measured value; the worst of its devices'
  );
  const limits = meter.createGauge('fleetmark_last_limit', 'float', '', 'Limit of the last measured value');
  const ratios = meter.createHistogram(
    'fleetmark_limit_ratio',
    'float',
    '',
    'How far limits are met: 1 is at the limit'
  );
  const begin = (classes: readonly string[]): void => {
    for (const each of classes) for (const verdict of verdicts) servers.add(0, { class: label(each), verdict });
  };
  const count = ({ verdict, hardwareClass, errorType, metrics }: ServerOutcome): void => {
    const ofClass = { class: label(hardwareClass ?? '') };
    servers.add(1, { ...ofClass, verdict });
    if (errorType !== null) errors.add(1, { type: label(errorType) });
    for (const { metric, unit, value, limits: own, ratio } of metrics) {
      const labels = { ...ofClass, metric: label(metric) };
      setGauge(values, value, { ...labels, unit: label(unit) });
      for (const { comparison, expected } of own)
        setGauge(limits, expected, { ...labels, bound: comparison === '>=' ? 'min' : 'max' });
      if (ratio !== null) ratios.record(ratio, labels);
    }
  };
  return { begin, count };
}

function runCounter(meter: Meter): (outcome: RunOutcome) => void {
  const runs = meter.createCounter('fleetmark_runs', '', 'Runs that have ended, by the verdict of their worst server');
  const durations = meter.createHistogram('fleetmark_run_duration', 'float', 'seconds', 'Duration of runs');
  const ended = meter.createGauge('fleetmark_last_run_end_timestamp_seconds', 'float', '', 'When the last run ended');
  for (const result of [...verdicts, 'refused']) runs.add(0, { kind: 'run', result });
  return ({ kind, result, seconds }) => {
    runs.add(1, { kind, result });
    ended.set(Date.now() / 1000, { kind, result });
    if (result !== 'refused') durations.record(Math.max(0, seconds), { kind });
  };
}

/** A gauge of the SDK cannot be negative. */
function setGauge(gauge: ReturnType<Meter['createGauge']>, value: number, labels: Record<string, string>): void {
  if (value >= 0 && Number.isFinite(value)) gauge.set(value, labels);
}

function countingFailures(results: Results, failed: () => void): Results {
  const counting =
    <Input, Output>(write: (input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> =>
      write(input).catch((error: unknown) => {
        failed();
        throw error;
      });
  return {
    isConfigured: () => results.isConfigured(),
    startRun: counting((start) => results.startRun(start)),
    recordServer: counting((record) => results.recordServer(record)),
    recordRun: counting((record) => results.recordRun(record)),
    claimActions: (request, decide) => results.claimActions(request, decide),
    readCalled: (run, action, serverIds) => results.readCalled(run, action, serverIds),
  };
}

/** The exporter escapes quotes and line breaks, and passes other control characters on. */
function label(text: string): string {
  return printable(text, MAX_LABEL);
}
