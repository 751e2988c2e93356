import { expect, test } from 'vitest';
import { baselineHint } from '../../../src/cli/baseline/baseline-hint.ts';
import type { ConfigurationSource, GivenInventory } from '../../../src/config/configuration-source.ts';
import { BESIDE_OTHER_WORK } from '../../../src/domain/measurements/quiet-limits.ts';
import { events, judgedServer, outcome, reportOf } from '../../reports/example-report.ts';

const measured = (serverId: string) => judgedServer(serverId, { cpu: outcome(events(8000)) }, {});
const underOtherLoad = (serverId: string) => ({
  ...measured(serverId),
  notes: [`${BESIDE_OTHER_WORK}: others use 90 % of its CPU time`],
});

const named: ConfigurationSource = { file: 'fleetmark.yaml', inventory: null };

test('measurements without expectations are offered as a baseline, with the command for this run', () => {
  const report = reportOf([measured('web-1'), measured('web-2'), underOtherLoad('web-3')]);
  expect(baselineHint(report, { inventory: 'my hosts.ini' }, named)).toBe(
    "\nTo use this run as the baseline: fleetmark baseline fleet-20261124-020000 -i 'my hosts.ini' --least 2\n"
  );
});

test('if everything was measured under other load, the hint says why there is no baseline, and what to do', () => {
  expect(baselineHint(reportOf([underOtherLoad('web-1'), underOtherLoad('web-2')]), {}, named)).toBe(
    `
This run cannot serve as a baseline.
Not used from 2 servers (cpu measured under other load, or held back): web-1, web-2
Measure these servers again while they are idle.
`
  );
});

test('if the servers contradict each other, the hint says so, and how to use them anyway', () => {
  const [slow, fast] = [5000, 8000].map((value, index) =>
    judgedServer(`web-${index + 1}`, { cpu: outcome(events(value)) }, {})
  );
  expect(baselineHint(reportOf([slow!, fast!]), {}, named)).toMatch(
    /^\nThis run cannot serve as a baseline\.\nthese values differ too much: .*\n {2}default .*\n.*\nTo use it anyway: fleetmark baseline fleet-20261124-020000 --least 2 --max-tolerance 50%\n$/
  );
});

test('if nothing was measured, or everything has expectations, there is no hint', () => {
  const judged = judgedServer('web-1', { cpu: outcome(events(8000)) });
  expect(baselineHint(reportOf([judged]), {}, named)).toBeNull();
  expect(baselineHint(reportOf([]), {}, named)).toBeNull();
});

const list: GivenInventory = { kind: 'list', written: 'web-1,web-2', text: 'web-1\nweb-2' };
const piped: GivenInventory = { kind: 'standard input', written: '-', text: '' };

test('an inventory from standard input must be passed again', () => {
  const [three, source] = [reportOf(['a', 'b', 'c'].map(measured)), { file: 'fleetmark.yaml', inventory: piped }];
  expect(baselineHint(three, { inventory: '-' }, source)).toMatch(/ baseline fleet-\S+ -i - < FILE\n$/);
});

test('servers that are in no file must be written into one first, or baseline would refuse', () => {
  const three = reportOf(['a', 'b', 'c'].map(measured));
  for (const inventory of [list, piped]) {
    expect(baselineHint(three, { inventory: inventory.written }, { file: null, inventory })).toBe(
      '\nTo use this run as the baseline, write a fleetmark.yaml that names them ("servers:", or ' +
        '"inventory: hosts.ini"), then: fleetmark baseline fleet-20261124-020000\n'
    );
  }
});
