import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { wrongResultsFirst } from '../../domain/verdicts/shortfall-advice.ts';
import { serverLines, type ServerLine } from '../runs/server-lines.ts';

/** GitHub shows this many of a kind for each step. */
const MAX_OF_A_KIND = 10;

/**
 * Commands for GitHub Actions: an error for each shortfall, wrong results first, and a warning for each error, first those of
 * servers that could not be judged.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function annotationsText({ servers }: FleetReport): string {
  const withVerdict = (verdict: string): ServerRow[] => servers.filter((row) => row.verdict === verdict);
  const ofFailed = wrongResultsFirst(withVerdict('fail')).flatMap(serverLines);
  const errors = ofFailed.filter(({ verdict }) => verdict === 'fail');
  const others = ofFailed.filter(({ verdict }) => verdict !== 'fail');
  const warnings = [...withVerdict('error').flatMap(serverLines), ...others];
  return [...commands('error', errors), ...commands('warning', warnings)].map((line) => `${line}\n`).join('');
}

function commands(kind: 'error' | 'warning', lines: readonly ServerLine[]): string[] {
  return lines
    .slice(0, MAX_OF_A_KIND)
    .map(({ serverId, verdict, text }) => `::${kind} title=${property(`${serverId} ${verdict}`)}::${data(text)}`);
}

/** As in the toolkit of GitHub Actions. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
