import { unjudgedServers, type FleetReport } from '../../domain/reports/fleet-report.ts';
import { wrongResultsFirst } from '../../domain/verdicts/shortfall-advice.ts';
import { verdictText } from '../counts.ts';
import { serverLines, type ServerLine } from '../runs/server-lines.ts';

/** GitHub shows this many of a kind for each step. */
const MAX_OF_A_KIND = 10;

/**
 * Commands for GitHub Actions: an error for each shortfall, wrong results first, and a warning for each server that could not
 * be judged and for each error of a failed one.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function annotationsText(report: FleetReport): string {
  const failed = report.servers.filter(({ verdict }) => verdict === 'fail');
  const ofFailed = wrongResultsFirst(failed).flatMap(serverLines);
  const errors = ofFailed.filter(({ verdict }) => verdict === 'fail');
  const others = ofFailed.filter(({ verdict }) => verdict !== 'fail');
  const warnings = [...unjudgedServers(report).flatMap(serverLines), ...others];
  return [...commands('error', errors), ...commands('warning', warnings)].map((line) => `${line}\n`).join('');
}

function commands(kind: 'error' | 'warning', lines: readonly ServerLine[]): string[] {
  return lines
    .slice(0, MAX_OF_A_KIND)
    .map(
      ({ serverId, verdict, text }) =>
        `::${kind} title=${property(`${serverId} ${verdictText(verdict)}`)}::${data(text)}`
    );
}

/** As in the toolkit of GitHub Actions. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
