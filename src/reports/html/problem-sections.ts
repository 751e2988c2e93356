import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { hasWrongResult } from '../../domain/verdicts/shortfall-advice.ts';
import { isUnjudged } from '../../domain/verdicts/verdict.ts';
import { plural } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import type { PlacedRow } from './failure-list.ts';
import { serverCard, type CardContext } from './server-card.ts';

/** Further servers of a kind are only in the table: the page stays below 3 MB. */
const MAX_CARDS = 150;

/** The servers of one kind of problem, each with a card. */
interface ProblemSection {
  section: Markup | null;
  cards: PlacedRow[];
}

/** Wrong results, then the other servers that fell short, then those that could not be judged. */
export function problemSections(report: FleetReport, context: CardContext): ProblemSection[] {
  const all: PlacedRow[] = [...report.servers.entries()];
  const failed = all.filter(([, row]) => row.verdict === 'fail');
  const unjudged = all.filter(([, row]) => isUnjudged(row.verdict));
  return [
    problemSection(
      'wrong',
      'Wrong results',
      failed.filter(([, row]) => hasWrongResult(row)),
      context
    ),
    problemSection(
      'failed',
      'Short of their limits',
      failed.filter(([, row]) => !hasWrongResult(row)),
      context
    ),
    problemSection('unjudged', report.checkOnly ? 'Not ready' : 'Not judged', unjudged, context),
  ];
}

function problemSection(id: string, title: string, placed: readonly PlacedRow[], context: CardContext): ProblemSection {
  if (placed.length === 0) return { section: null, cards: [] };
  const cards = placed.slice(0, MAX_CARDS);
  const left = placed.length - cards.length;
  const more =
    left > 0 && markup`<p class="lead">and ${plural(left, 'more server')}, see <a href="#servers">all servers</a>.</p>`;
  const body = cards.map(([place, row]) => serverCard(row, place, context));
  return {
    section: markup`<section id="${id}"><h2>${title} <small>${placed.length}</small></h2><div class="cards">${body}</div>${more}</section>`,
    cards,
  };
}
