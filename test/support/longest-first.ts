/** In which order vitest starts the test files. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest files, what computes beside what waits. Measured on 2 cores: a fresh clone has no recorded times. */
export const longest = [
  'end-to-end/readme',
  'end-to-end/crash',
  'faults/faults',
  'end-to-end/without-worker',
  'workflows/benchmark-fleet',
  'end-to-end/command-line-refuses',
  'end-to-end/leave',
  'end-to-end/real-tools',
  'end-to-end/printed-commands',
  'end-to-end/temporal-connection',
  'end-to-end/command-line-configurations',
  'end-to-end/command-line',
  'workflows/lent-places',
  'ssh/dead-name-server',
].map((name) => `test/${name}.test.ts`);

/** Starts the longest files first, so that no vitest worker waits for one of them at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const index = longest.findIndex((name) => moduleId.endsWith(`/${name}`));
  return index === -1 ? longest.length : index;
}
