import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bounds, Detection } from '../../../src/domain/servers/detection.ts';
import { classOf, type HardwareClass } from '../../../src/domain/servers/hardware-class.ts';
import type { GpuFacts, MachineFacts } from '../../../src/domain/servers/machine.ts';
import { findNearMiss } from '../../../src/domain/servers/near-miss.ts';

const H100 = 'NVIDIA H100 80GB HBM3';
const UNNAMED = 'NVIDIA 10de:2330';
const h100x8: Detection = { gpuModel: '*H100*', gpus: { min: 8, max: 8 } };
const machine: MachineFacts = {
  ...{ system: 'Debian GNU/Linux 12 (bookworm)', cpuModel: 'AMD EPYC 9654 96-Core Processor', cpus: 192 },
  ...{ memoryMib: 773_000, gpus: [{ model: H100, count: 8 }] },
};

function withGpus(...gpus: [string, number][]): MachineFacts {
  return { ...machine, gpus: gpus.map(([model, count]) => ({ model, count })) };
}

function missOf(facts: MachineFacts, classes: Record<string, Detection>) {
  return findNearMiss(
    facts,
    Object.entries(classes).map(([name, detect]) => ({ name, detect }))
  );
}

const ending = '; if that is right, add a class that says so, or name its class in the inventory';

describe('a near miss of a class', () => {
  test('is a server that has lost one GPU of eight, and says what it has', () => {
    const message = `it would be of class h100x8, but has 7 of 8 GPUs like *H100*${ending}`;
    expect(missOf(withGpus([H100, 7]), { h100x8 })).toEqual({
      name: 'h100x8',
      error: { type: 'DeviceMissing', message },
    });
    // The driver does not name the one that it lost.
    expect(missOf(withGpus([H100, 7], [UNNAMED, 1]), { h100x8 })?.error.message).toBe(message);
  });

  test('is a server without a driver, whose GPUs may be of the model', () => {
    expect(missOf(withGpus([UNNAMED, 8]), { h100x8 })?.error.message).toBe(
      `it would be of class h100x8, but the model of its GPUs is unknown (8 x ${UNNAMED}; their driver or lspci tells it)${ending}`
    );
  });

  test('is a server with the models of the class, and fewer CPUs or less memory', () => {
    const detect = { cpuModel: '*EPYC 9654*', cpus: { min: 224 }, memoryGib: { min: 900 } };
    expect(missOf(machine, { big: detect })?.error.message).toBe(
      `it would be of class big, but has 192 of at least 224 CPUs and has 755 of at least 900 GiB of memory${ending}`
    );
  });

  test('is one of the class that it misses least', () => {
    const h100x4 = { ...h100x8, gpus: { min: 4, max: 4 } };
    expect(missOf(withGpus([H100, 7]), { h100x8, h100x4 })?.name).toBe('h100x8');
    expect(missOf(withGpus([H100, 3]), { h100x8, h100x4 })?.name).toBe('h100x4');
  });

  test.each<[string, MachineFacts, Detection]>([
    ['a small machine of a class that names no model', { ...machine, cpus: 32 }, { cpus: { min: 384 } }],
    ['a machine of half the size', machine, { cpuModel: '*EPYC*', cpus: { min: 384 } }],
    ['a machine with half the memory', machine, { cpuModel: '*EPYC*', memoryGib: { min: 1510 } }],
    ['a machine without GPUs', withGpus(), h100x8],
    ['a machine with GPUs of another model', withGpus(['NVIDIA A100', 7]), h100x8],
    [
      'a machine with GPUs of another model, and one without a name',
      withGpus(['NVIDIA A100', 7], [UNNAMED, 1]),
      h100x8,
    ],
    ['a machine with GPUs without names of another vendor', withGpus(['AMD 1002:74a1', 7]), h100x8],
    ['a machine with more GPUs', withGpus([H100, 9]), h100x8],
    ['a machine with fewer GPUs, and another CPU', withGpus([H100, 7]), { ...h100x8, cpuModel: '*Xeon*' }],
    [
      'a machine with fewer GPUs, and unknown memory',
      { ...withGpus([H100, 7]), memoryMib: null },
      { ...h100x8, memoryGib: { min: 1 } },
    ],
  ])('is never %s', (_what, facts, detect) => {
    expect(missOf(facts, { it: detect })).toBeNull();
  });

  test.each([
    ['*H100*', 'NVIDIA 10de'],
    ['*GB200*', 'NVIDIA 10de:2941'],
    ['*RTX 4090*', 'NVIDIA 10de:2684'],
    ['*MI300X*', 'AMD 1002:74a1'],
    ['*GPU Max 1550*', 'Intel 8086:0bd5'],
    ['*96GB*', 'Intel 8086:0bd5'],
  ])('can be of a class with the GPUs %s if a GPU is %s', (gpuModel, unnamed) => {
    expect(missOf(withGpus([unnamed, 1]), { it: { gpuModel } })?.name).toBe('it');
  });
});

const bounds = fc.oneof(
  fc.record({ min: fc.nat(5) }),
  fc.record({ max: fc.nat(5) }),
  fc.nat(5).map((count) => ({ min: count, max: count }))
);
const detections: fc.Arbitrary<Detection> = fc.record(
  {
    ...{ gpuModel: fc.constantFrom('*A100*', '*MI210*'), cpuModel: fc.constantFrom('*EPYC*', '*Xeon*') },
    ...{ gpus: bounds, cpus: bounds, memoryGib: bounds },
  },
  { requiredKeys: [] }
);
const classLists = fc.uniqueArray(fc.record({ name: fc.constantFrom('k', 'l', 'm'), detect: detections }), {
  selector: ({ name }) => name,
});
const gpuLists: fc.Arbitrary<GpuFacts[]> = fc.uniqueArray(
  fc.record({
    model: fc.constantFrom('NVIDIA A100', 'AMD Instinct MI210', 'NVIDIA 10de:20b0', 'AMD 1002:740f'),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  { selector: ({ model }) => model }
);
const machines: fc.Arbitrary<MachineFacts> = fc.record({
  ...{ system: fc.constant(null), cpuModel: fc.constantFrom(null, 'AMD EPYC', 'Intel Xeon'), cpus: fc.nat(5) },
  ...{ memoryMib: fc.option(fc.nat(5).map((gib) => gib * 1024)), gpus: gpuLists },
});

/** The definition, criterion by criterion: `yes`, `no` or `less`. */
function criteria({ cpuModel, cpus, memoryMib, gpus }: MachineFacts, detect: Detection): string[] {
  const bounded = (value: number | null, { min = 0, max = Infinity }: Bounds): string =>
    value === null || value > max ? 'no' : value < min ? 'less' : 'yes';
  const sized = (value: number | null, bounds: Bounds): string =>
    value !== null && value * 2 <= (bounds.min ?? 0) && bounded(value, bounds) === 'less'
      ? 'no'
      : bounded(value, bounds);
  const answers: string[] = [];
  const [model, vendor] = detect.gpuModel === '*A100*' ? ['A100', 'NVIDIA 10de:'] : ['MI210', 'AMD 1002:'];
  const counted = gpus.filter((gpu) => detect.gpuModel === undefined || gpu.model.includes(model));
  const count = counted.reduce((sum, each) => sum + each.count, 0);
  if (detect.gpuModel === undefined || count > 0) answers.push(bounded(count, detect.gpus ?? {}));
  else answers.push(gpus.length > 0 && gpus.every((gpu) => gpu.model.startsWith(vendor)) ? 'less' : 'no');
  if (detect.cpuModel !== undefined) answers.push(cpuModel?.includes(detect.cpuModel.slice(1, -1)) ? 'yes' : 'no');
  if (detect.cpus !== undefined) answers.push(sized(cpus, detect.cpus));
  const gib = memoryMib === null ? null : memoryMib / 1024;
  if (detect.memoryGib !== undefined) answers.push(sized(gib, detect.memoryGib));
  return answers;
}

test('a server is a near miss exactly if no class matches, and it has the models of one but less of something', () => {
  fc.assert(
    fc.property(machines, classLists, (facts, classes) => {
      const written: HardwareClass[] = classes.map((each) => ({ ...each, groups: [] }));
      const found = classOf({ hardwareClass: null, groups: [] }, written, facts);
      const isMatch = classes.some(({ detect }) => criteria(facts, detect).every((each) => each === 'yes'));
      const near = classes.filter(({ detect }) => {
        const namesModel = detect.gpuModel !== undefined || detect.cpuModel !== undefined;
        return namesModel && !criteria(facts, detect).includes('no');
      });
      expect(found.nearMiss !== undefined).toBe(!isMatch && near.length > 0);
      expect(found.classBy === 'near miss').toBe(found.nearMiss !== undefined);
      if (found.nearMiss) expect(near.map(({ name }) => name)).toContain(found.hardwareClass);
      else expect(['detected', 'default']).toContain(found.classBy);
      for (const hardwareClass of ['default', 'k'])
        expect(classOf({ hardwareClass, groups: [] }, written, facts)).not.toHaveProperty('nearMiss');
    }),
    { numRuns: 1000 }
  );
});
