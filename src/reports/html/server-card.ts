import { ownError, reasonOf } from '../../domain/reports/duplicate-messages.ts';
import { advice, isFailureKind } from '../../domain/failures/failure.ts';
import type { MachineFacts } from '../../domain/servers/machine.ts';
import { shortfallAdvice, worstBenchmarksFirst } from '../../domain/verdicts/shortfall-advice.ts';
import { worstFirst } from '../../domain/verdicts/shortfalls.ts';
import type { BenchmarkRow, ServerRow } from '../../domain/verdicts/server-row.ts';
import { cpusText, gpusText, memoryText } from '../checks/checked-server-block.ts';
import { stateText, verdictText } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { evidenceList } from './evidence.ts';
import type { FullRecords } from './full-records.ts';
import { measurementTable } from './measurement-table.ts';
import { classOf, type MetricGroup } from './metric-groups.ts';
import { shortfallBlock } from './shortfall-block.ts';

/** Further shortfalls of a server are in the list of its measurements. */
const MAX_SHORTFALLS = 8;

export interface CardContext {
  groups: readonly MetricGroup[];
  records: FullRecords;
}

/** Everything about a server that fell short, or could not be judged. @param place the index of the server in the report */
export function serverCard(row: ServerRow, place: number, context: CardContext): Markup {
  const why = ownLine(row);
  const problems = problemsOf(row);
  const parts = problems.map((each) => benchmarkPart(row, each, context));
  const notes = row.notes.map((note) => markup`<p class="note">${reportText(note)}</p>`);
  return markup`<article class="card ${row.verdict}" id="s${place}"><h3>${reportText(row.serverId, 100)} ${badge(row)}</h3>${machineLine(row)}${why}${parts}${notes}${truncationLine(row)}${adviceOf(row.error, problems)}${measurementFold(row, context)}${context.records.outputsOf(row)}</article>`;
}

export function badge({ verdict, readiness }: Pick<ServerRow, 'verdict' | 'readiness'>): Markup {
  const text = readiness ? stateText(verdict) : verdictText(verdict); // missing from rows of earlier versions
  return markup`<span class="badge ${verdict}">${text}</span>`;
}

function problemsOf({ benchmarks }: ServerRow): BenchmarkRow[] {
  return worstBenchmarksFirst(benchmarks).filter(isProblem);
}

function isProblem({ verdict, error }: BenchmarkRow): boolean {
  return verdict === 'fail' || verdict === 'error' || (error !== null && verdict !== 'skip');
}

function machineLine(row: ServerRow): Markup | null {
  const { machine, hardwareClass, classBy } = row;
  if (machine === null && hardwareClass === null) return null;
  const by = classBy === null || classBy === hardwareClass ? '' : ` (${classBy})`;
  const facts = [
    ...(hardwareClass === null ? [] : [`class ${hardwareClass}${by}`]),
    ...(machine === null ? [] : [gpusText(row), machine.cpuModel ?? 'unknown CPU', cpusText(row)]),
    ...(machine === null
      ? []
      : [`${memoryText(row)} memory`, machine.system ?? 'unknown system', ...versions(machine)]),
  ];
  return markup`<p class="machine">${facts.map((fact) => reportText(fact, 120)).join(' · ')}</p>`;
}

function versions({ product, bios, kernel, gpuDriver }: MachineFacts): string[] {
  const named = { server: product, BIOS: bios, kernel, 'GPU driver': gpuDriver };
  return Object.entries(named).flatMap(([label, value]) => (value ? `${label} ${value}` : []));
}

/** The error of the server itself; a benchmark has its own. */
function ownLine(row: ServerRow): Markup | null {
  const own = ownError(row);
  if (own !== null) return errorLine(own.type, own.message);
  if (row.benchmarks.some(isProblem)) return null;
  const why = reasonOf(row);
  return why === null ? null : markup`<p class="error">${reportText(why, 600)}</p>`;
}

function errorLine(type: string, message: string, before = ''): Markup {
  return markup`<p class="error">${before}<b>${reportText(type, 60)}</b>: ${reportText(message, 600)}</p>`;
}

function benchmarkPart(row: ServerRow, benchmark: BenchmarkRow, { groups }: CardContext): Markup {
  const { shortfalls, error, evidence } = benchmark;
  const groupOf = (metric: string): MetricGroup | undefined =>
    groups.find((each) => each.metric === metric && each.hardwareClass === classOf(row));
  const shown = worstFirst(shortfalls).slice(0, MAX_SHORTFALLS);
  const blocks = shown.map((each) => shortfallBlock(each, benchmark, groupOf(each.metric)));
  const left = shortfalls.length - shown.length;
  const more = left > 0 && markup`<p class="note">and ${left} more, see all measurements</p>`;
  const isUntold = shortfalls.length === 0 && error === null;
  const reason = isUntold && markup`<p class="error">${reportText(benchmark.reason ?? benchmark.benchmark, 600)}</p>`;
  const failed = error !== null && errorLine(error.type, error.message, `${reportText(benchmark.benchmark, 60)}: `);
  const list = evidenceList(evidence);
  const meanwhile = list && markup`<h4>Evidence: the machine during ${reportText(benchmark.benchmark, 60)}</h4>${list}`;
  return markup`${blocks}${more}${reason}${failed}${meanwhile}`;
}

function truncationLine({ truncated }: ServerRow): Markup | null {
  if (!truncated) return null;
  const parts = reportText(truncated.parts.join(', '));
  return markup`<p class="note">Left out of this large report: ${parts}. In full: workflow ${reportText(truncated.workflowId, 120)}.</p>`;
}

/** What to do, one sentence for each kind of problem. */
function adviceOf(own: ServerRow['error'], problems: readonly BenchmarkRow[]): Markup | null {
  const ofShortfalls = problems.flatMap(({ shortfalls }) => shortfalls.map((each) => shortfallAdvice(each).advice));
  const errors = [own, ...problems.map(({ error }) => error)];
  const ofErrors = errors.flatMap((each) => (each && isFailureKind(each.type) ? advice[each.type] : []));
  const all = [...new Set([...ofShortfalls, ...ofErrors])];
  return all.length === 0 ? null : markup`<p class="advice"><b>What to do:</b> ${all.join(' ')}</p>`;
}

function measurementFold(row: ServerRow, { records }: CardContext): Markup | null {
  const table = measurementTable(row, records);
  return table && markup`<details><summary>All measurements of this server</summary>${table}</details>`;
}
