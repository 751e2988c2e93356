import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { tenths } from '../../domain/values/numbers.ts';
import type { BenchmarkRow, ServerRow } from '../../domain/verdicts/server-row.ts';
import { shortfallAdvice } from '../../domain/verdicts/shortfall-advice.ts';
import { worstFirst } from '../../domain/verdicts/shortfalls.ts';
import type { Verdict } from '../../domain/verdicts/verdict.ts';
import { benchmarkLines, serverLines } from '../runs/server-lines.ts';
import { verdictText } from '../counts.ts';
import { Markup, markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { entriesOf } from './entries.ts';

/** How JUnit calls a verdict. Servers that could not be judged are errors: a pipeline must not become green by them. */
const outcomes: Record<Verdict, 'failure' | 'error' | 'skipped' | null> = {
  ...{ pass: null, measured: null, skip: 'skipped', fail: 'failure' },
  ...{ error: 'error', busy: 'error', cancelled: 'error', not_reached: 'error' },
};

interface TestCase {
  name: string;
  verdict: Verdict;
  /** The failure kind. */
  type: string;
  seconds: number | null;
  lines: readonly string[];
}

/**
 * JUnit XML: one suite for each server, one test case for each of its benchmarks, and one named `server` if they do not
 * explain its verdict.
 * @see https://github.com/jenkinsci/xunit-plugin, junit-10.xsd
 */
export function junitXml(report: FleetReport): string {
  const suites = report.servers.map((row) => ({ row, cases: casesOf(row) }));
  const all = suites.flatMap(({ cases }) => cases);
  const { tests, failures, errors } = countsOf(all);
  const name = `fleetmark ${reportText(report.run)}`;
  const body = suites.map(({ row, cases }) => suite(row, cases, report));
  return markup`${HEAD}<testsuites name="${name}" tests="${tests}" failures="${failures}" errors="${errors}" time="${tenths(report.seconds)}">
${body}</testsuites>
`.toString();
}

const HEAD = new Markup('<?xml version="1.0" encoding="UTF-8"?>\n');

function casesOf(row: ServerRow): TestCase[] {
  const { hasOwn, benchmarks } = entriesOf(row);
  return [...(hasOwn ? [ownCase(row)] : []), ...benchmarks.map(benchmarkCase)];
}

function ownCase(row: ServerRow): TestCase {
  const { verdict, error, seconds } = row;
  const lines = serverLines({ ...row, benchmarks: [] }).map((each) => each.text);
  return { name: 'server', verdict, type: error?.type ?? verdict, seconds, lines };
}

function benchmarkCase(row: BenchmarkRow): TestCase {
  const { benchmark, verdict, error, seconds, shortfalls } = row;
  const [first] = worstFirst(shortfalls);
  const type = first === undefined ? (error?.type ?? verdict) : shortfallAdvice(first).kind;
  return { name: reportText(benchmark), verdict, type, seconds, lines: benchmarkLines(row).map((each) => each.text) };
}

function countsOf(cases: readonly TestCase[]): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const count = (outcome: string): number => cases.filter(({ verdict }) => outcomes[verdict] === outcome).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}

function suite(row: ServerRow, cases: readonly TestCase[], report: FleetReport): Markup {
  const { tests, failures, errors, skipped } = countsOf(cases);
  const name = reportText(row.serverId);
  const startedAt = row.startedAt ?? report.startedAt;
  const properties = [
    ...(row.hardwareClass === null ? [] : [property('class', row.hardwareClass)]),
    ...row.notes.map((note) => property('note', note)),
  ];
  return markup`  <testsuite name="${name}" hostname="${name}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${tenths(row.seconds ?? 0)}" timestamp="${reportText(startedAt)}">
    <properties>${properties}</properties>
${cases.map((each) => testCase(name, each))}  </testsuite>
`;
}

function property(name: string, value: string): Markup {
  return markup`<property name="${name}" value="${reportText(value)}"/>`;
}

function testCase(server: string, { name, verdict, type, seconds, lines }: TestCase): Markup {
  const outcome = outcomes[verdict];
  const all = lines.filter((line) => line !== '').join('\n');
  const found = outcome === null ? outputOf(all) : outcomeOf(outcome, type, lines[0] || verdictText(verdict), all);
  return markup`    <testcase classname="${server}" name="${name}" time="${tenths(seconds ?? 0)}">${found}</testcase>
`;
}

function outputOf(lines: string): Markup | null {
  return lines === '' ? null : markup`<system-out>${lines}</system-out>`;
}

function outcomeOf(outcome: string, type: string, message: string, lines: string): Markup {
  const element = new Markup(outcome);
  return markup`<${element} type="${reportText(type)}" message="${message}">${lines}</${element}>`;
}
