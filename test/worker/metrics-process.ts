/** Counts outcomes with the real exporter, and prints what it serves. A process has only one runtime of the SDK. */
import { Runtime } from '@temporalio/worker';
import type { ServerOutcome } from '../../src/domain/records/outcomes.ts';
import type { Results } from '../../src/domain/records/records.ts';
import { formatEndpoint } from '../../src/domain/servers/endpoint.ts';
import { chooseHiddenAddress } from '../../src/temporal/hidden-address.ts';
import { installRuntime } from '../../src/worker/create-worker.ts';
import { workerMetrics } from '../../src/worker/metrics.ts';
import { silent } from '../support/silent.ts';

const address = formatEndpoint(await chooseHiddenAddress());
installRuntime(silent, address);
const metrics = workerMetrics(Runtime.instance().metricMeter);
const { serverEnded } = metrics.sinks.outcomes;
const [outcomes] = JSON.parse(process.argv[2]!) as [ServerOutcome[]];
metrics.begin(['', 'default']);
for (const outcome of outcomes) await serverEnded.fn(null as never, outcome);
metrics.jobEnded('cpu', 12.5);
metrics.jobEnded('cpu', -1); // a clock that was set back
const away = (): Promise<never> => Promise.reject(new Error('away'));
const store: Results = {
  isConfigured: async () => true,
  startRun: away,
  recordServer: away,
  claimActions: () => Promise.reject(new Error('not in this test')),
  readCalled: () => Promise.resolve(null),
  recordRun: async () => [],
};
const counted = metrics.countFailures(store);
await Promise.allSettled([counted.startRun(null as never), counted.recordServer(null as never)]);
await counted.recordRun(null as never);
const text = await (await fetch(`http://${address}/metrics`)).text();
process.stdout.write(text, () => process.exit(0)); // the runtime never lets the process exit
