/** The fleetmark.yaml of a test fleet whose servers are all this machine. */
import { writeFileSync } from 'node:fs';

export interface Settings {
  servers?: Record<string, object>;
  ssh?: object;
  maxParallel?: number;
  quiet?: object;
  benchmarks: Record<string, object>;
  store?: object | string;
  actions?: Record<string, object>;
  /** Of the class `default`. */
  expect?: Record<string, object>;
}

/** For `quiet`: the machine that runs the tests is busy. */
export const quietOff = {
  ...{ cpu: 'off', gpuProcesses: 'off', otherLoad: 'off', steal: 'off', unused: 'off', throttling: 'off' },
};

/** A benchmark whose command prints `score: N`, in points. */
export function scoreCommand(command: string, settings: object = {}): object {
  const score = { pattern: 'score: (\\S+)', unit: 'points', better: 'higher' };
  return { command, metrics: { score }, ...settings };
}

export function writeFleetmarkYaml(file: string, { expect = {}, ...settings }: Settings): void {
  const configuration = { quiet: quietOff, ...settings, expect: { default: expect } };
  writeFileSync(file, JSON.stringify(configuration, null, 2)); // JSON is YAML
}
