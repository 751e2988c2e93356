import { withMetrics, type ServerHistory } from '../../domain/records/server-history.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { historyText } from '../../reports/listings/history-text.ts';
import { didYouMean } from '../../source/nearest-word.ts';
import type { ResultsStore } from '../../store/open-store.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { openResults } from '../runs/open-results.ts';
import { isUnicode } from '../terminal/characters.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

export interface HistoryVerbOptions extends ConfigurationOptions, JsonOption {
  metric?: string[] | undefined;
  limit?: number | undefined;
  /** ISO 8601 */
  since?: string | undefined;
}

const DEFAULT_LIMIT = 30;

/** Shows all verdicts and metrics of a server, the newest last. Starts nothing. */
export async function history(serverId: string, options: HistoryVerbOptions, terminal: Terminal): Promise<number> {
  const { store } = await openResults(options, terminal);
  const found = await readHistory(store, serverId, options).finally(() => store.close());
  if (found.runs.length === 0 && !options.json) {
    messagePrinter(terminal)('There are no such runs.');
    return exitCodes.passed;
  }
  const view = {
    width: widthOf(terminal.stdout),
    isUnicode: isUnicode(terminal),
    withValues: options.metric !== undefined,
  };
  printResult({ schemaVersion: 1, ...found }, (style) => historyText(found, { ...view, style }), options, terminal);
  return exitCodes.passed;
}

/** @throws Refusal if the store does not know the server or the metrics */
async function readHistory(
  store: ResultsStore,
  serverId: string,
  { metric: patterns, limit = DEFAULT_LIMIT, since }: HistoryVerbOptions
): Promise<ServerHistory> {
  const found = await store.history(serverId, { limit, since: since ?? null });
  if (found.runs.length === 0) {
    const known = await store.serverIds();
    if (!known.includes(serverId)) throw unknown('no run has the server', serverId, known);
  }
  if (patterns === undefined || found.series.length === 0) return found;
  for (const pattern of patterns) {
    const names = new Set(found.series.map(({ metric }) => metric));
    if (withMetrics(found, [pattern]).series.length === 0) throw unknown('these runs have no metric', pattern, names);
  }
  return withMetrics(found, patterns);
}

function unknown(what: string, word: string, known: Iterable<string>): Refusal {
  return new Refusal(printable(`${what} "${word}"${didYouMean(word, known)}`, 500));
}
