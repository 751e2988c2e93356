import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Detection } from '../../../src/domain/servers/detection.ts';
import { classOf, isClassName, type HardwareClass } from '../../../src/domain/servers/hardware-class.ts';
import type { MachineFacts } from '../../../src/domain/servers/machine.ts';

const facts: MachineFacts = {
  ...{ system: 'Debian GNU/Linux 12 (bookworm)', cpuModel: 'AMD EPYC 9654 96-Core Processor', cpus: 192 },
  memoryMib: 773_000,
  gpus: [
    { model: 'NVIDIA H100 80GB HBM3', count: 8 },
    { model: 'NVIDIA T400 4GB', count: 1 },
  ],
};

function named(name: string, groups: string[], detect: Detection | null = null): HardwareClass {
  return { name, groups, detect };
}

function chosen(server: { hardwareClass?: string; groups?: string[] }, classes: HardwareClass[], of = facts): string[] {
  const found = classOf({ hardwareClass: null, groups: [], ...server }, classes, of);
  return [found.hardwareClass, found.classBy];
}

describe('the class of a server', () => {
  const classes = [named('gpu', ['g1', 'g2'], { gpus: { min: 1 } }), named('big', ['b'], { cpus: { min: 100 } })];

  test('is the class that the server names, for any groups and machine', () => {
    expect(chosen({ hardwareClass: 'mine', groups: ['b'] }, classes)).toEqual(['mine', 'server']);
    expect(chosen({ hardwareClass: 'big' }, classes)).toEqual(['big', 'server']);
  });

  test('is otherwise the first class with one of its groups, for any machine', () => {
    expect(chosen({ groups: ['x', 'b'] }, classes)).toEqual(['big', 'group b']);
    expect(chosen({ groups: ['b', 'g2'] }, classes)).toEqual(['gpu', 'group g2']);
  });

  test('is otherwise the first class that its machine matches', () => {
    expect(chosen({ groups: ['x'] }, classes)).toEqual(['gpu', 'detected']);
    expect(chosen({}, classes.toReversed())).toEqual(['big', 'detected']);
    expect(chosen({}, classes, { ...facts, gpus: [] })).toEqual(['big', 'detected']);
  });

  test('is otherwise `default`', () => {
    expect(chosen({}, classes, { ...facts, gpus: [], cpus: 4 })).toEqual(['default', 'default']);
    expect(chosen({ hardwareClass: 'default' }, [])).toEqual(['default', 'default']);
  });

  test('is the same with or without groups resolved earlier, and always has a known rule', () => {
    const group = fc.constantFrom('a', 'b', 'c');
    const detect = fc.option(fc.record({ cpus: fc.record({ min: fc.nat(8) }) }));
    const name = fc.constantFrom('k', 'l', 'm', 'n');
    const one = fc.record({ name, groups: fc.array(group, { maxLength: 2 }), detect });
    const all = fc.uniqueArray(one, { selector: (each) => each.name });
    fc.assert(
      fc.property(all, fc.uniqueArray(group), fc.integer({ min: 1, max: 8 }), (classes_, groups, cpus) => {
        const machine = { ...facts, cpus };
        const found = classOf({ hardwareClass: null, groups }, classes_, machine);
        const members = classes_.find((each) => each.groups.some((member) => groups.includes(member)));
        const like = classes_.find((each) => each.detect !== null && cpus >= each.detect.cpus.min);
        expect(found.hardwareClass).toBe((members ?? like)?.name ?? 'default');
        if (!members) return;
        expect(found.classBy).toMatch(/^group [abc]$/);
        expect(classOf({ hardwareClass: members.name, groups }, classes_, machine)).toEqual(found);
      })
    );
  });
});

describe('a machine matches a class', () => {
  test.each<[Detection]>([
    [{ gpuModel: '*h100*' }],
    [{ gpuModel: '*H100*', gpus: { min: 8, max: 8 } }],
    [{ gpuModel: 'NVIDIA ???? 80GB HBM3' }],
    [{ gpus: { min: 9, max: 9 } }],
    [{ cpuModel: '*epyc 9654*', cpus: { min: 128 }, memoryGib: { min: 700, max: 768 } }],
  ])('if all criteria in %j match', (detect) => {
    expect(chosen({}, [named('it', [], detect)])).toEqual(['it', 'detected']);
  });

  test.each<[Detection]>([
    [{ gpuModel: 'H100' }],
    [{ gpuModel: '*H200*' }],
    [{ gpuModel: '*H200*', gpus: { min: 0 } }],
    [{ cpuModel: '*EPYC*', cpus: { max: 191 } }],
    [{ memoryGib: { min: 768 } }],
  ])('but not if one criterion in %j does not match', (detect) => {
    expect(chosen({}, [named('it', [], detect)])).toEqual(['default', 'default']);
  });

  test('but is a near miss if it has the models, and less than the class asks for', () => {
    const found = classOf(
      { hardwareClass: null, groups: [] },
      [named('it', [], { gpuModel: '*H100*', gpus: { min: 9 } })],
      facts
    );
    expect(found).toMatchObject({ hardwareClass: 'it', classBy: 'near miss', nearMiss: { type: 'DeviceMissing' } });
  });

  test('unknown facts never match', () => {
    const silent = { ...facts, cpuModel: null, memoryMib: null };
    for (const detect of [{ cpuModel: '*' }, { memoryGib: { min: 0 } }]) {
      expect(chosen({}, [named('it', [], detect)], silent)).toEqual(['default', 'default']);
    }
  });

  test('a GPU without a model is matched by its PCI ids', () => {
    const unnamed = { ...facts, gpus: [{ model: 'NVIDIA 10de:2330', count: 8 }] };
    expect(chosen({}, [named('it', [], { gpuModel: '*10de:2330' })], unnamed)).toEqual(['it', 'detected']);
  });
});

test.each(['default', 'h100x8', '8xh100', 'c5.large', 'old_one-2'])('%s is a class name', (name) => {
  expect(isClassName(name)).toBe(true);
});

test.each(['', '100', 'a b', '-x', 'a/b', 'a\n', 'a'.repeat(61), '__proto__'])('%j is not a class name', (name) => {
  expect(isClassName(name)).toBe(false);
});
