import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterEach, describe, expect, test } from 'vitest';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';

const part = join(import.meta.dirname, '..', 'fixtures', 'cases', 'block-size', 'fleetmark.part.yaml');

describe.skipIf(skipsWithout())('a result of a server', () => {
  let fleet: Fleet;
  afterEach(() => fleet.stop());

  test.each(['BLOCK_SIZE=1K', 'BLOCK_SIZE=human-readable'])(
    'is the same with %s in its environment',
    async (setting) => {
      fleet = await startFleet(1, [`SetEnv ${setting}`]);
      const written = parse(readFileSync(part, 'utf8')) as {
        benchmarks: Record<string, object>;
        expect: { default: Record<string, object> };
      };
      fleet.configure({ benchmarks: written.benchmarks, expect: written.expect.default });
      const { report, exitCode } = await fleet.run();
      const [row] = report.servers[0]!.benchmarks;
      expect(row).toMatchObject({ verdict: 'pass', measurements: [{ metric: 'ops.rate', value: 7431 }] });
      expect(exitCode).toBe(0);
    }
  );
});
