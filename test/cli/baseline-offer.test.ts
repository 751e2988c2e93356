import { expect, test } from 'vitest';
import { baselineOffer } from '../../src/cli/baseline-offer.ts';
import { BESIDE_OTHER_WORK } from '../../src/domain/other-work.ts';
import { events, judgedServer, outcome, reportOf } from '../reports/example-report.ts';

const measured = (serverId: string) => judgedServer(serverId, { cpu: outcome(events(8000)) }, {});
const besideOthers = (serverId: string) => ({
  ...measured(serverId),
  notes: [`${BESIDE_OTHER_WORK}: others use 90 % of its CPU time`],
});

test('what was measured and is not expected yet is offered as a baseline, in the words of this run', () => {
  const report = reportOf([measured('web-1'), measured('web-2'), besideOthers('web-3')]);
  expect(baselineOffer(report, { inventory: 'my hosts.ini' })).toBe(
    "\nTo hold servers to what these just showed: fleetmark baseline fleet-20261124-020000 -i 'my hosts.ini' --least 2\n"
  );
});

test('where all of it was measured beside other work, it is said why there is none, and what to do', () => {
  expect(baselineOffer(reportOf([besideOthers('web-1'), besideOthers('web-2')]), {})).toBe(
    `
What servers are to be held to cannot be learnt from this run.
Not used of 2 servers (cpu amid other load): web-1, web-2
Measure them again while they are quiet.
`
  );
});

test('where nothing was measured, or all of it is expected, nothing is said', () => {
  const judged = judgedServer('web-1', { cpu: outcome(events(8000)) });
  expect(baselineOffer(reportOf([judged]), {})).toBeNull();
  expect(baselineOffer(reportOf([]), {})).toBeNull();
});
