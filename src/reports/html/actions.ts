import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { markup, type Markup } from '../markup.ts';
import { actionResultLines } from '../runs/action-lines.ts';

/** What was done about servers. */
export function actionSection(report: FleetReport): Markup | null {
  const lines = actionResultLines(report);
  if (lines.length === 0) return null;
  const rows = lines.map(({ action, state, text }) => {
    return markup`<tr><th scope="row">${action}</th><td>${state}</td><td class="result">${text}</td></tr>`;
  });
  return markup`<section id="actions"><h2>Actions</h2><div class="scroll" tabindex="0" role="region" aria-label="actions"><table><thead><tr><th scope="col">action</th><th scope="col">result</th><th scope="col">for</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}
