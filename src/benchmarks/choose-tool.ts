import type { ToolReadiness } from '../domain/checks/readiness.ts';
import type { RowError } from '../domain/failures/failure.ts';
import type { Machine } from '../domain/servers/machine.ts';
import type { Expectations } from '../domain/verdicts/expectation.ts';
import type { Tool } from './tool.ts';

/** Which tools are installed on a machine, and how to install the others. */
export function lookForTools(tools: readonly Tool[], machine: Machine): ToolReadiness[] {
  return tools.map((tool) => {
    const found = isInstalled(tool, machine);
    return { benchmark: tool.benchmark, tool: tool.name, found, install: found ? null : installCommand(tool, machine) };
  });
}

export type ToolChoice = { tool: Tool } | { unavailable: RowError };

/**
 * Chooses the tool for a benchmark on a machine: the one that measures the expected metrics, even if others are installed;
 * without expectations, the first installed one.
 * @param expected - the expectations of this benchmark
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

  const unknown = metrics.filter((metric) => !candidates.some((tool) => yields(tool, metric)));
  if (unknown.length > 0) {
    return unavailable('InvalidConfig', `${unknown.join(', ')} is expected, but no tool of ${benchmark} measures it`);
  }
  const needed = candidates.filter((tool) => metrics.some((metric) => yields(tool, metric)));
  const tool = needed[0]!;
  if (needed.length > 1) {
    const pairs = needed.map(({ name, metrics: own }) => `${own.map(({ metric }) => metric).join(', ')} by ${name}`);
    const message = `one tool measures ${benchmark}, but the expected metrics need several: ${pairs.join('; ')}`;
    return unavailable('InvalidConfig', message);
  }
  if (isInstalled(tool, machine)) return { tool };
  const missing = tool.executables.filter((name) => !machine.executables.includes(name));
  return toolMissing(`${metrics.join(', ')} needs ${missing.join(' and ')}`, tool, machine);
}

function firstInstalled(benchmark: string, candidates: readonly Tool[], machine: Machine): ToolChoice {
  const tool = candidates.find((candidate) => isInstalled(candidate, machine));
  if (tool) return { tool };
  const [preferred] = candidates;
  if (!preferred) return unavailable('InvalidConfig', `no tool measures ${benchmark}, and it has no command`);
  const names = candidates.map(({ executables }) => executables.join(' with ')).join(' or ');
  return toolMissing(`${benchmark} needs ${names}`, preferred, machine);
}

function toolMissing(needs: string, tool: Tool, machine: Machine): ToolChoice {
  return unavailable('ToolMissing', `${needs}, not found on this server: ${installCommand(tool, machine)}`);
}

function isInstalled({ executables }: Tool, machine: Machine): boolean {
  return executables.every((name) => machine.executables.includes(name));
}

/** `apt-get install sysbench` */
function installCommand({ packages, name }: Tool, { packageManager: manager }: Machine): string {
  if (manager === null || !Object.hasOwn(packages, manager)) return `install ${name}`;
  const commands: Record<string, string> = { apk: 'apk add', pacman: 'pacman -S' };
  return `${commands[manager] ?? `${manager} install`} ${packages[manager]}`;
}

function yields(tool: Tool, metric: string): boolean {
  return tool.metrics.some((own) => own.metric === metric);
}

function unavailable(type: RowError['type'], message: string): ToolChoice {
  return { unavailable: { type, message } };
}
