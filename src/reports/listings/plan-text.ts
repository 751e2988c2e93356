import { outputLimitText } from '../../domain/jobs/output-limit.ts';
import { COMMAND } from '../../domain/plans/plan.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { BenchmarkForecast, RunForecast, TimeForecast } from '../../domain/plans/run-forecast.ts';
import { durationText, plural, sampleText } from '../counts.ts';
import { actionForecastLines } from './action-forecast-lines.ts';
import { plain, type Style } from '../style.ts';
import { headedTable, sectionsText, table, wrapped } from '../table.ts';

const INDENT = '  ';

/** In a larger fleet the servers are only counted, not named. */
const MAX_NAMED_SERVERS = 20;

const MAX_GROUPS = 20;

const MAX_SKIPPED = 5;

/** What a run would do: servers, classes and groups, benchmarks, and how long it would take. */
export function planText(forecast: RunForecast, style: Style = plain, width = Infinity): string {
  const lines = (texts: readonly string[]): string[] => texts.flatMap((text) => wrapped(text, width, INDENT));
  const sections = [
    [...lines([headline(forecast)]).map((line) => style('strong', line)), ...lines(times(forecast))],
    lines(countLines(forecast)),
    [...benchmarkTable(forecast.benchmarks, style, width), ...lines(limitLines(forecast.benchmarks))],
    actionForecastLines(forecast.actions ?? [], style, width),
    serverTable(forecast, style, width),
  ];
  return sectionsText(sections);
}

function headline({ requested, configuration, maxParallel }: RunForecast): string {
  return `${plural(requested, 'server')} of ${printable(configuration, 500)}, at most ${maxParallel} in parallel`;
}

function countLines({ requested, mostServers, selection, skipped = {}, classes, groups }: RunForecast): string[] {
  const named = groups.slice(0, MAX_GROUPS).map(({ group, servers }) => `${printable(group, 60)} ${servers}`);
  if (groups.length > MAX_GROUPS) named.push(`and ${plural(groups.length - MAX_GROUPS, 'more group')}`);
  const ofClass = classes.map(({ hardwareClass, servers }) => {
    return `${hardwareClass === null ? 'detected at run time' : printable(hardwareClass, 60)} ${servers}`;
  });
  const lines = [`classes: ${ofClass.join(', ')}`];
  if (named.length > 0) lines.push(`groups: ${named.join(', ')}`);
  const sample = sampleText(selection);
  if (sample !== null) lines.push(sample);
  const skippedServers = Object.entries(skipped);
  for (const [serverId, why] of skippedServers.slice(0, MAX_SKIPPED))
    lines.push(`left out: ${printable(serverId, 100)}, ${printable(why, 300)}`);
  if (skippedServers.length > MAX_SKIPPED)
    lines.push(`and ${skippedServers.length - MAX_SKIPPED} more left out: --json`);
  if (requested > mostServers) {
    lines.push(`A run can have at most ${mostServers} servers: use --limit to run these in parts.`);
  }
  return lines;
}

function benchmarkTable(benchmarks: readonly BenchmarkForecast[], style: Style, width: number): string[] {
  const head = ['benchmark', 'samples', 'at most', 'measured by'];
  const rows = benchmarks.map((each) => {
    return [printable(each.benchmark, 60), samplesText(each), durationText(each.mostSeconds), toolsText(each)];
  });
  return headedTable(head, rows, style, width);
}

function samplesText({ samples, sampleSeconds }: BenchmarkForecast): string {
  return sampleSeconds === null ? String(samples) : `${samples} x ${sampleSeconds} s`;
}

/** The output limit, which can kill a command late in its run. */
function limitLines(benchmarks: readonly BenchmarkForecast[]): string[] {
  if (!benchmarks.some(({ tools }) => tools.join() === COMMAND)) return [];
  return [
    `A command that prints more than ${outputLimitText()} to standard output or error is killed, unless it says what to "keep".`,
  ];
}

/** `sysbench, else openssl; sysbench for the class default` */
function toolsText({ tools, expected }: BenchmarkForecast): string {
  if (tools.join() === COMMAND) return 'its command';
  const forClass = tools.length < 2 ? [] : expected;
  const selected = forClass.map(({ tool, hardwareClass }) => `${tool} for the class ${printable(hardwareClass, 60)}`);
  return [tools.join(', else '), ...selected].join('; ');
}

function times({ benchmarks, perServer, run }: RunForecast): string[] {
  const untimed = benchmarks.filter(({ sampleSeconds }) => sampleSeconds === null).map(({ benchmark }) => benchmark);
  const more = untimed.length === 0 ? [] : [`the time of ${untimed.map((name) => printable(name, 60)).join(' and ')}`];
  const line = ({ likelySeconds, mostSeconds }: TimeForecast): string => {
    const likely = likelySeconds === 0 ? [] : [`about ${durationText(likelySeconds)}`];
    return `${[...likely, ...more].join(', and ')}; at most ${durationText(mostSeconds)}`;
  };
  return [
    `the run:  ${line(run)}`,
    `a server: ${line(perServer)}`,
    'At most: if every time limit is used up and everything is measured twice.',
  ];
}

function serverTable({ servers, serversLeftOut, requested }: RunForecast, style: Style, width: number): string[] {
  if (serversLeftOut > 0) {
    const why = `The names of ${plural(serversLeftOut, 'server')} are left out: the plan would exceed 1 MB`;
    return [`${why}. Use --limit to plan parts of them.`];
  }
  if (requested > MAX_NAMED_SERVERS) return ['Use --json for the names of the servers.'];
  const rows = servers.map(({ serverId, hardwareClass, groups }) => [
    printable(serverId, 100),
    hardwareClass === null ? '-' : printable(hardwareClass, 60),
    printable(groups.join(','), 200),
  ]);
  return table(rows, style, width);
}
