import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evidenceOf as observed,
  rowEvidence,
  type CpuUse,
  type Evidence,
} from '../../../src/domain/measurements/evidence.ts';
import type { GpuState, MachineState } from '../../../src/domain/measurements/machine-state.ts';
import { withDoubt, type QuietLimits } from '../../../src/domain/measurements/quiet-limits.ts';
import { allOff } from '../../support/configuration.ts';
import { noLimits } from '../../support/quiet-evidence.ts';

const limits: QuietLimits = { cpu: 0.2, gpuProcesses: 0, otherLoad: 0.15, steal: 0.05, unused: 0.1, throttling: 0 };

/** The evidence of a command without any limits or states. */
const anything: CpuUse = { cpus: 4, loadsAllCpus: false };
const evidenceOf = (from: MachineState, to: MachineState, quiet: QuietLimits, use = anything): Evidence =>
  withDoubt(observed(from, to, use), quiet);

const before: MachineState = {
  cpu: { total: 100_000, idle: 60_000, steal: 100 },
  ...{ countedCpus: 4, throttledSeconds: null, frozenSeconds: null, limits: noLimits },
  load: 0.4,
  uptimeSeconds: 500,
  ownCpuSeconds: 1,
  ...{ megahertz: { mean: 2000, lowest: 1500 }, governor: 'performance', throttlings: 7, celsius: 50 },
  ...{ gpus: [], gpuProcesses: null },
};

/** Ten seconds later on four CPUs: 4,000 ticks. */
function after(spent: { own: number; others: number; steal?: number }, changed: Partial<MachineState> = {}) {
  const { own, others, steal = 0 } = spent;
  const cpu = {
    total: 104_000,
    idle: 60_000 + 4_000 - 100 * (own + others) - steal * 100,
    steal: 100 + steal * 100,
  };
  return { ...before, cpu, uptimeSeconds: 510, ownCpuSeconds: 1 + own, ...changed };
}

function gpu(changed: Partial<GpuState>): GpuState {
  return { address: '0000:17:00.0', utilization: 0, celsius: 40, slowdowns: [], slowedMicroseconds: null, ...changed };
}

describe('the CPU time of others', () => {
  test('is all CPU time that the benchmark did not use', () => {
    const evidence = evidenceOf(before, after({ own: 30, others: 4, steal: 1 }), limits);
    expect(evidence).toMatchObject({ seconds: 10, loadBefore: 0.4, doubt: null });
    expect(evidence.otherLoad).toBeCloseTo(0.1);
    expect(evidence.steal).toBeCloseTo(0.025);
  });

  test('is never negative', () => {
    const { cpu } = after({ own: 30, others: 0 });
    expect(evidenceOf(before, { ...before, cpu, ownCpuSeconds: 40 }, limits).otherLoad).toBe(0);
  });

  test.each<[string, Partial<MachineState>]>([
    ['the server told nothing of its CPUs', { cpu: null }],
    ['the shell told no CPU time of the command', { ownCpuSeconds: null }],
    ['a counter went back', { ownCpuSeconds: 0.5 }],
    ['too little time passed to tell shares', { cpu: { total: 100_049, idle: 60_000, steal: 100 } }],
  ])('is unknown where %s', (_, changed) => {
    const evidence = evidenceOf(before, after({ own: 0, others: 40 }, changed), limits);
    expect(evidence).toMatchObject({ otherLoad: null, doubt: null });
  });
});

describe('a sample is doubtful', () => {
  const phrase = (state: MachineState, from = before): string | null => evidenceOf(from, state, limits).doubt;

  test('if others used more than the limit, and says how much', () => {
    expect(phrase(after({ own: 20, others: 12 }))).toBe('other programs used 30 % of all CPU time (limit 15 %)');
    expect(phrase(after({ own: 20, others: 5.9 }))).toBeNull();
  });

  test('if the hypervisor withheld more than the limit', () => {
    expect(phrase(after({ own: 20, others: 0, steal: 4 }))).toBe(
      'the hypervisor withheld 10 % of all CPU time (limit 5 %)'
    );
  });

  test('if CPUs were throttled by heat during it, not before it', () => {
    expect(phrase(after({ own: 20, others: 0 }, { throttlings: 10 }))).toBe(
      'it was throttled 3 times because of heat (limit 0)'
    );
    expect(phrase(after({ own: 20, others: 0 }))).toBeNull();
  });

  test('if a GPU was throttled by heat: by its counter, else by a slowdown that is still active at the end', () => {
    const slow = (from: Partial<GpuState>, to: Partial<GpuState>): string | null => {
      const start = { ...before, throttlings: null, gpus: [gpu(from)] };
      return phrase(after({ own: 20, others: 0 }, { throttlings: null, gpus: [gpu(to)] }), start);
    };
    expect(slow({ slowedMicroseconds: 5 }, { slowedMicroseconds: 6 })).toContain('1 times');
    expect(slow({ slowedMicroseconds: 5 }, { slowedMicroseconds: 5, slowdowns: ['heat'] })).toBeNull();
    expect(slow({}, { slowdowns: ['heat'] })).toContain('1 times');
    expect(slow({ slowdowns: ['heat'] }, { slowdowns: ['heat'] })).toBeNull();
    expect(slow({ slowdowns: null }, { slowdowns: null })).toBeNull();
  });

  test('but not if the GPU with the slowdown is missing afterwards', () => {
    const [first, second] = [{ address: '0000:17:00.0' }, { address: '0000:65:00.0' }];
    const start = { ...before, throttlings: null };
    const gpus = [gpu({ ...first, slowedMicroseconds: 0 }), gpu({ ...second, slowedMicroseconds: 9 })];
    const left = { throttlings: null, gpus: [gpu({ ...second, slowedMicroseconds: 9 })] };
    expect(phrase(after({ own: 20, others: 0 }, left), { ...start, gpus })).toBeNull();
  });

  test('if processes of others used its GPUs', () => {
    const gpuProcesses = [{ pid: 4242, name: 'python3' }];
    expect(phrase(after({ own: 1, others: 0 }, { gpuProcesses }))).toBe('other processes used its GPUs: 1 (limit 0)');
    expect(phrase(after({ own: 1, others: 0 }, { gpuProcesses: [] }))).toBeNull();
  });

  describe('if a benchmark that loads all CPUs did not run all the time', () => {
    const loading = (spent: Parameters<typeof after>[0], changed: Partial<MachineState> = {}, cpus = 4): Evidence =>
      evidenceOf({ ...before, throttledSeconds: 5, frozenSeconds: 1 }, after(spent, changed), limits, {
        ...{ cpus, loadsAllCpus: true },
      });

    test('and no other process did, because the benchmark was stopped', () => {
      const evidence = loading({ own: 28, others: 0 });
      expect(evidence).toMatchObject({ ownCpu: 0.7, unused: expect.closeTo(0.3), stoodStill: 0 });
      expect(evidence.doubt).toBe(
        'it was stopped or held back: it used 70 %, and did not get 30 % of its CPU time (limit 10 %)'
      );
    });

    test('but not if it ran, even on slow CPUs', () => {
      expect(loading({ own: 39.6, others: 0 }).doubt).toBeNull();
      expect(loading({ own: 34.5, others: 5 })).toMatchObject({ unused: expect.closeTo(0.0125), doubt: null });
    });

    test('but not for a command without loadsAllCpus', () => {
      expect(phrase(after({ own: 4, others: 0 }))).toBeNull();
    });

    test('on its allowed CPUs: the others are always idle', () => {
      expect(loading({ own: 9.9, others: 0 }, {}, 1).doubt).toBeNull();
      expect(loading({ own: 5, others: 0 }, {}, 1)).toMatchObject({
        ownCpu: 0.5,
        doubt: expect.stringContaining('50 %'),
      });
    });

    test('with the cause, if it is known', () => {
      const quota = { limits: { ...noLimits, quotaCpus: 0.4 }, throttledSeconds: 41 };
      expect(loading({ own: 4, others: 0 }, quota).doubt).toBe(
        'a CPU quota of 0.4 CPUs withheld 90 % of its CPU time (limit 5 %)'
      );
      expect(loading({ own: 20, others: 0 }, { frozenSeconds: 6 }).doubt).toBe('its control group was frozen for 5 s');
      const unknown = { limits: { ...noLimits, quotaCpus: 0.4 }, throttledSeconds: null };
      expect(loading({ own: 4, others: 0 }, unknown).doubt).toMatch(
        /^it was .* held back by a CPU quota of 0.4 CPUs: /
      );
    });
  });

  test('if the machine itself was paused: its clock continued, and its CPUs counted no ticks', () => {
    const suspended = after({ own: 40, others: 0 }, { uptimeSeconds: 520 });
    expect(evidenceOf(before, suspended, limits)).toMatchObject({
      stoodStill: 0.5,
      doubt: 'the machine itself was paused for 50 % of the time (limit 5 %)',
    });
    expect(phrase({ ...suspended, countedCpus: 8 })).toBeNull(); // the number of CPUs changed during the sample
    expect(phrase(after({ own: 40, others: 0 }, { uptimeSeconds: 510.1 }))).toBeNull();
  });

  test('if a CPU quota throttled a command, even one that needs few CPUs', () => {
    const from = { ...before, throttledSeconds: 0 };
    expect(phrase(after({ own: 2, others: 0 }, { throttledSeconds: 8 }), from)).toBe(
      'a CPU quota withheld 80 % of its CPU time (limit 5 %)'
    );
    expect(phrase(after({ own: 1, others: 0 }, { throttledSeconds: 0.4 }), from)).toBeNull();
  });

  test('if a CPU quota throttled the only thread of a benchmark, on any number of CPUs', () => {
    const from = { ...before, throttledSeconds: 0, countedCpus: 64 };
    const cpu = { total: 164_000, idle: 60_000 + 64_000 - 500, steal: 100 };
    const half = after({ own: 5, others: 0 }, { throttledSeconds: 5, countedCpus: 64, cpu });
    expect(evidenceOf(from, half, limits, { cpus: 64, loadsAllCpus: false }).doubt).toBe(
      'a CPU quota withheld 50 % of its CPU time (limit 5 %)'
    );
  });

  test('for several reasons at once', () => {
    expect(phrase(after({ own: 0, others: 30, steal: 5 }, { throttlings: 8 }))?.split(', and ')).toHaveLength(3);
  });
});

const shares = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
const counts = fc.option(fc.nat(100));
const anyEvidence = fc.record<Omit<Evidence, 'doubt'>>({
  ...{ seconds: shares, loadBefore: shares, uptimeSeconds: shares, otherLoad: shares, steal: shares },
  ...{ ownCpu: shares, unused: shares, stoodStill: shares, throttled: shares, frozenSeconds: shares },
  limits: fc.constant(noLimits),
  ...{ megahertz: fc.constant(null), governor: fc.constant(null), throttlings: counts, celsius: shares },
  ...{ gpus: fc.constant([]), gpuProcesses: counts },
});

test('with all limits off nothing is doubtful, and a value above a limit never looks equal to it', () => {
  fc.assert(
    fc.property(anyEvidence, (evidence) => {
      expect(withDoubt(evidence, allOff).doubt).toBeNull();
      const why = withDoubt(evidence, limits).doubt ?? '';
      expect(why).not.toContain('used 15 %');
      expect(/other programs used \d/.test(why)).toBe((evidence.otherLoad ?? 0) > 0.15);
      expect(why.includes('the hypervisor withheld')).toBe((evidence.steal ?? 0) > 0.05);
    })
  );
});

describe('the evidence of a row', () => {
  const one = evidenceOf(before, after({ own: 20, others: 2 }, { celsius: 60 }), limits);
  const two = evidenceOf(before, after({ own: 20, others: 12 }, { throttlings: 9 }), limits);

  test('has the worst values of its samples', () => {
    expect(rowEvidence([one, null, two])).toEqual({
      ...{ loadBefore: 0.4, otherLoad: 0.3, steal: 0, celsius: 60, megahertz: 2000, governor: 'performance' },
      ...{ throttlings: 2, doubtful: 1, ownCpu: 0.5, stoodStill: 0, throttled: null, limits: noLimits },
    });
  });

  test('has the clock of the slowest sample, and the governor from before if it is unknown after', () => {
    const slow = after({ own: 20, others: 2 }, { megahertz: { mean: 1200.4, lowest: 800 }, governor: null });
    const evidence = evidenceOf(before, slow, limits);
    expect(evidence.governor).toBe('performance');
    expect(rowEvidence([evidence, one])).toMatchObject({ megahertz: 1200, governor: 'performance' });
  });

  test('is null if nothing is known', () => {
    expect(rowEvidence([])).toBeNull();
    expect(rowEvidence([null, null])).toBeNull();
  });
});
