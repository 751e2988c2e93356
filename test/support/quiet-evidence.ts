/** Evidence of a measurement on an idle machine. */
import type { Evidence } from '../../src/domain/measurements/evidence.ts';
import type { ProcessLimits } from '../../src/domain/servers/process-limits.ts';

/** A server without limits on its processes. */
export const noLimits: ProcessLimits = { quotaCpus: null, cpuSeconds: null, memoryKib: null };

/** The evidence of an undisturbed sample. */
export const quietEvidence: Evidence = {
  ...{ seconds: 10, loadBefore: 0.1, uptimeSeconds: 5000, otherLoad: 0, steal: 0, megahertz: null, governor: null },
  ...{ ownCpu: 1, unused: 0, stoodStill: 0, throttled: null, frozenSeconds: null, limits: noLimits },
  ...{ throttlings: 0, celsius: 61, gpus: [], gpuProcesses: null, doubt: null },
};
