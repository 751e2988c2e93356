import type { ClockDifference, HostKeyReadiness, Readiness, ToolReadiness } from '../../domain/checks/readiness.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { ownError } from '../../domain/reports/duplicate-messages.ts';
import { limitTexts } from '../../domain/servers/process-limits.ts';

/** What a check says of a server, safe to print on a terminal; `-` means unknown or none. */

const TEXT_LIMIT = 300;

const trustText: Record<HostKeyReadiness['trusted'], string> = {
  known_hosts: 'known',
  pinned: 'pinned',
  accepted: 'new, accepted',
};

/** Everything a check found on one server, as an indented table of labels and values. */
export function checkedServerBlock(row: ServerRow, style: Style, width: number): string[] {
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
  return table(rows, style, width);
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
  if (Math.abs(aheadSeconds) <= withinSeconds) return `correct within ${formatNumber(withinSeconds)} s`;
  const how = aheadSeconds > 0 ? 'ahead of' : 'behind';
  return `${formatNumber(Math.abs(aheadSeconds))} s ${how} the worker's (± ${formatNumber(withinSeconds)} s)`;
}

export function classText({ hardwareClass }: ServerRow): string {
  return hardwareClass === null ? '-' : printable(hardwareClass, 60);
}

/** `16 CPUs` */
export function cpusText({ machine }: ServerRow): string {
  if (machine === null) return '-';
  return `${machine.cpus} CPU${machine.cpus === 1 ? '' : 's'}`;
}

export function memoryText({ machine }: ServerRow): string {
  const mib = machine?.memoryMib ?? null;
  return mib === null ? '-' : gib(mib * 1024);
}

/** `8 x NVIDIA H100 80GB HBM3`; `no GPU` if the server was checked; `-` if it was not. */
export function gpusText({ machine }: ServerRow): string {
  if (machine === null) return '-';
  const models = machine.gpus.map(({ model, count }) => `${count} x ${printable(model, 80)}`);
  return models.length === 0 ? 'no GPU' : models.join(', ');
}

/** KiB to `62.3 GiB`. */
function gib(kib: number): string {
  return `${formatNumber(kib / (1024 * 1024))} GiB`;
}

/** Why a server is not ready, which benchmarks it would skip, and other notes. */
export function problemsOf(server: ServerRow): string[] {
  const { verdict, reason, benchmarks, notes, readiness } = server;
  // Skipped benchmarks have their own lines; a duplicate id of a machine has no benchmarks.
  const isShownElsewhere = verdict === 'pass' || (verdict === 'skip' && benchmarks.length > 0);
  const error = ownError(server);
  const why = isShownElsewhere ? null : error ? `${error.type}: ${error.message}` : reason;
  const ofBenchmarks = benchmarks.flatMap((row) => {
    if (row.error === null) return [];
    // A missing GPU is already in the line of the server.
    if (row.verdict === 'skip')
      return row.error.type === 'DeviceMissing' ? [] : [`${row.benchmark} is skipped: ${row.error.message}`];
    return [`${row.benchmark}: ${row.error.type}: ${row.error.message}`];
  });
  const accepted = readiness?.hostKey.trusted === 'accepted';
  const hostKey = accepted ? [`new host key ${readiness.hostKey.fingerprint}`] : [];
  const limits = readiness?.limits ? limitTexts(readiness.limits) : [];
  const limitNotes = limits.length === 0 ? [] : [`limited to ${limits.join(', ')}`];
  return [...(why === null ? [] : [why]), ...ofBenchmarks, ...hostKey, ...limitNotes, ...notes].map((text) =>
    printable(text, TEXT_LIMIT)
  );
}
