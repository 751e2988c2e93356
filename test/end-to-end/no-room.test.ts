import { describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { skipsWithout, startFleet } from './fleet.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import { canMount, withMounts } from '../support/own-mounts.ts';

describe.skipIf(skipsWithout() || !canMount)('a server without free space in /var/tmp (skipped without mounts)', () => {
  test.each(['size=300k', 'size=8m,nr_inodes=40'])(
    'with %s uses its next folder, for check and run',
    async (options) => {
      const home = temporaryFolder('no-room');
      const through = withMounts(`mount -t tmpfs -o ${options} none /var/tmp`, []);
      const fleet = await startFleet(1, [`SetEnv XDG_STATE_HOME=${home}`], through);
      try {
        const burn = scoreCommand('echo "score: 80 $PWD"');
        fleet.configure({ benchmarks: { burn }, expect: { 'burn.score': { min: 50 } } });
        const checked = JSON.parse((await fleet.start('check', '--json').ended).stdout) as FleetReport;
        const folder = checked.servers[0]!.readiness?.jobs?.folder;
        expect(folder).toContain(`${home}/.fleetmark.`);
        const { report } = await fleet.run();
        expect(report.servers[0]).toMatchObject({ verdict: 'pass' });
      } finally {
        await fleet.stop();
      }
    }
  );
});
