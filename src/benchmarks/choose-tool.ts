import type { ToolReadiness } from '../domain/checks/readiness.ts';
import type { RowError } from '../domain/failures/failure.ts';
import type { Machine } from '../domain/servers/machine.ts';
import type { Expectations } from '../domain/verdicts/expectation.ts';
import type { Tool } from './tool.ts';

/** Which tools are on a machine, and how to install those that are not. */
export function lookForTools(tools: readonly Tool[], machine: Machine): ToolReadiness[] {
  return tools.map((tool) => {
    const found = isInstalled(tool, machine);
    return { benchmark: tool.benchmark, tool: tool.name, found, install: found ? null : installing(tool, machine) };
  });
}

export type ToolChoice = { tool: Tool } | { unavailable: RowError };

/**
 * The tool that measures a benchmark on a machine. An expected metric selects its tool, whatever else is installed;
 * with nothing expected it is the first one that is there.
 * @param expected - of this benchmark, by metric
 */
export function chooseTool(
  tools: readonly Tool[],
  benchmark: string,
  expected: Expectations,
  machine: Machine
): ToolChoice {
  const candidates = tools.filter((tool) => tool.benchmark === benchmark);
  const metrics = Object.keys(expected);
  if (metrics.length === 0) return firstInstalled(benchmark, candidates, machine);

  const needed = candidates.filter((tool) => metrics.some((metric) => yields(tool, metric)));
  const unknown = metrics.filter((metric) => !candidates.some((tool) => yields(tool, metric)));
  if (unknown.length > 0) {
    return unavailable('InvalidConfig', `${unknown.join(', ')} is expected, but no tool of ${benchmark} measures it`);
  }
  const [tool, ...others] = needed;
  if (others.length > 0) {
    const pairs = needed.map(({ name, metrics: own }) => `${own.map(({ metric }) => metric).join(', ')} by ${name}`);
    return unavailable(
      'InvalidConfig',
      `one tool measures ${benchmark}, but metrics of several are expected: ${pairs.join('; ')}`
    );
  }
  const missing = tool!.executables.filter((name) => !machine.executables.includes(name));
  if (missing.length === 0) return { tool: tool! };
  const needs = `${metrics.join(', ')} needs ${missing.join(' and ')}, not found on this server`;
  return unavailable('ToolMissing', `${needs}: ${installing(tool!, machine)}`);
}

function firstInstalled(benchmark: string, candidates: readonly Tool[], machine: Machine): ToolChoice {
  const tool = candidates.find((candidate) => isInstalled(candidate, machine));
  if (tool) return { tool };
  const [preferred] = candidates;
  if (!preferred) return unavailable('InvalidConfig', `no tool measures ${benchmark}, and it has no command`);
  const names = candidates.map(({ executables }) => executables.join(' with ')).join(' or ');
  return unavailable(
    'ToolMissing',
    `${benchmark} needs ${names}, not found on this server: ${installing(preferred, machine)}`
  );
}

function isInstalled({ executables }: Tool, machine: Machine): boolean {
  return executables.every((name) => machine.executables.includes(name));
}

/** `apt-get install sysbench` */
function installing({ packages, name }: Tool, { packageManager }: Machine): string {
  const wanted =
    packageManager !== null && Object.hasOwn(packages, packageManager) ? packages[packageManager] : undefined;
  if (wanted === undefined) return `install ${name}`;
  const verbs: Record<string, string> = { apk: 'apk add', pacman: 'pacman -S' };
  return `${verbs[packageManager!] ?? `${packageManager} install`} ${wanted}`;
}

function yields(tool: Tool, metric: string): boolean {
  return tool.metrics.some((own) => own.metric === metric);
}

function unavailable(type: RowError['type'], message: string): ToolChoice {
  return { unavailable: { type, message } };
}
