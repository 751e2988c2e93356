import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { plural } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { classMachines, type ClassFact, type ClassMachines } from './machine-differences.ts';

const MAX_NAMED = 20;

/** What the machines of each class are, and which differ from their class. */
export function machineSection(report: FleetReport): Markup | null {
  const classes = classMachines(report);
  if (classes.length === 0) return null;
  return markup`<section id="machines"><h2>Machines</h2><div class="cards">${classes.map(classCard)}</div></section>`;
}

function classCard({ hardwareClass, servers, facts }: ClassMachines): Markup {
  const rows = facts.map(
    (fact) => markup`<div><dt>${fact.label}</dt><dd>${reportText(fact.usual, 160)}${othersText(fact)}</dd></div>`
  );
  const isUniform = servers > 1 && facts.every(({ others }) => others.length === 0);
  const uniform = isUniform && markup`<p class="lead">All are alike.</p>`;
  return markup`<article class="card"><h3>${reportText(hardwareClass, 100)} <small>${plural(servers, 'server')}</small></h3><dl class="wide">${rows}</dl>${uniform}</article>`;
}

function othersText({ others }: ClassFact): Markup | null {
  if (others.length === 0) return null;
  const shown = others.slice(0, MAX_NAMED).map(({ serverId, place, value }, index) => {
    return markup`${index > 0 && ', '}<a href="#s${place}">${reportText(serverId, 100)}</a> ${reportText(value, 100)}`;
  });
  const more = others.length - shown.length;
  return markup`<br><span class="differs">differs: ${shown}${more > 0 && ` and ${more} more`}</span>`;
}
