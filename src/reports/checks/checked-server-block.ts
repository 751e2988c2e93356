import type { ClockDifference, HostKeyReadiness, Readiness, ToolReadiness } from '../../domain/checks/readiness.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { classText, cpusText, gib, gpusText, memoryText, problemsOf } from './readiness-text.ts';
import { plain } from '../style.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';

const trustText: Record<HostKeyReadiness['trusted'], string> = {
  known_hosts: 'known',
  pinned: 'pinned',
  accepted: 'new, accepted',
};

/** Everything a check found on one server, as an indented table of labels and values. */
export function checkedServerBlock(row: ServerRow, style: Style = plain): string[] {
  const { machine, readiness } = row;
  const facts: [string, string][] = [];
  if (readiness !== null) {
    const { user, hostKey } = readiness;
    facts.push([
      'login',
      `${printable(user, 40)}, host key ${printable(hostKey.fingerprint, 60)} ${trustText[hostKey.trusted]}`,
    ]);
  }
  if (machine !== null) {
    const kernel = readiness?.kernel ? `, kernel ${printable(readiness.kernel, 60)}` : '';
    const model = machine.cpuModel === null ? '' : ` (${printable(machine.cpuModel, 80)})`;
    facts.push(['system', `${printable(machine.system ?? 'unknown', 80)}${kernel}`]);
    facts.push(['machine', `${cpusText(row)}${model}, ${memoryText(row)} memory, ${gpusText(row)}`]);
    const by = row.classBy === null || row.classBy === row.hardwareClass ? '' : ` (${printable(row.classBy, 80)})`;
    facts.push(['class', `${classText(row)}${by}`]);
  }
  if (readiness !== null) facts.push(...readinessFacts(readiness));
  facts.push(...problemsOf(row).map((text): [string, string] => ['note', text]));
  const rows = facts.map(([label, text], index) => {
    const shown = facts[index - 1]?.[0] === label ? '' : label;
    return [{ text: `  ${shown}`, role: 'muted' as const }, text];
  });
  return table(rows, style);
}

function readinessFacts({ tools, jobs, clock, otherWork }: Readiness): [string, string][] {
  const folder = jobs === null ? 'nowhere' : `${printable(jobs.folder, 200)}, ${gib(jobs.freeKib)} free`;
  return [
    ...tools.map((tool): [string, string] => ['tools', toolText(tool)]),
    ['jobs in', folder],
    ['clock', clockText(clock)],
    ...(otherWork === null ? [] : [['others', printable(otherWork, 200)] as [string, string]]),
  ];
}

/** `gpu: no clpeak: apt-get install clpeak clinfo` */
function toolText({ benchmark, tool, found, install }: ToolReadiness): string {
  const name = `${printable(benchmark, 60)}: `;
  return name + (found ? printable(tool, 40) : `no ${printable(tool, 40)}: ${printable(install ?? '', 100)}`);
}

function clockText(clock: ClockDifference | null): string {
  if (clock === null) return 'unknown';
  const { aheadSeconds, withinSeconds } = clock;
  if (Math.abs(aheadSeconds) <= withinSeconds) return `right to ${formatNumber(withinSeconds)} s`;
  const how = aheadSeconds > 0 ? 'ahead of' : 'behind';
  return `${formatNumber(Math.abs(aheadSeconds))} s ${how} the worker's, to ${formatNumber(withinSeconds)} s`;
}
