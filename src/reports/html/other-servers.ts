import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { checkedServerBlock } from '../checks/checked-server-block.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { plain } from '../style.ts';
import { evidenceList } from './evidence.ts';
import { measurementTable } from './measurement-table.ts';
import { badge, type CardContext } from './server-card.ts';

/** Of larger fleets, only the servers with a problem are shown in full. */
const MAX_SERVERS = 100;

/** Every server without a card of its own, in full, behind a fold. */
export function otherServersSection(
  report: FleetReport,
  hasCard: (row: ServerRow) => boolean,
  context: CardContext
): Markup | null {
  const rows = report.servers.filter((row) => !hasCard(row) && row.benchmarks.length > 0);
  if (rows.length === 0 || report.servers.length > MAX_SERVERS) return null;
  return markup`<section id="others"><h2>The other servers in full</h2>${rows.map((row) => serverFold(row, context))}</section>`;
}

function serverFold(row: ServerRow, { records }: CardContext): Markup {
  const evidence = row.benchmarks.map((each) => {
    const list = evidenceList(each.evidence);
    return list && markup`<h3 class="minor">Evidence: the machine during ${reportText(each.benchmark, 60)}</h3>${list}`;
  });
  return markup`<details><summary>${reportText(row.serverId, 100)} ${badge(row)}</summary>${checkPart(row)}${measurementTable(row, records)}${evidence}${records.outputsOf(row)}</details>`;
}

/** What a check found; null: not a check. */
function checkPart(row: ServerRow): Markup | null {
  if (!row.readiness) return null;
  return markup`<pre class="wrap">${checkedServerBlock(row, plain, Infinity).join('\n')}</pre>`;
}
