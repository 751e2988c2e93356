import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { Markup, markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { actionSection } from './actions.ts';
import { changesSection } from './changes.ts';
import { problemsFirst, type ReportExtras } from './extras.ts';
import { failureList } from './failure-list.ts';
import { findSamples, fullRecords } from './full-records.ts';
import { headline, pageHead } from './headline.ts';
import { heatMapSection } from './heat-map.ts';
import { machineSection } from './machines.ts';
import { metricGroups, type MetricGroup } from './metric-groups.ts';
import { PAGE_SCRIPT, SCRIPT_HASH } from './page-script.ts';
import { PAGE_STYLE, STYLE_HASH } from './page-style.ts';
import { otherServersSection } from './other-servers.ts';
import { problemSections } from './problem-sections.ts';
import { runSection } from './run-facts.ts';
import { serverTable } from './server-table.ts';
import { measurementSection } from './strips.ts';

/** The page may use its own style and script, and nothing else: no text of a server can load or run anything. */
const POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`;

/** Mail and browsers take it. The outputs get what the rest of the page leaves. */
const MAX_BYTES = 2_950_000;

/**
 * The report as one HTML file that needs nothing else: wrong results first, then the other failed servers, those that could
 * not be judged, all measurements, machines, and how it was run.
 */
export function htmlReport(report: FleetReport, extras: ReportExtras = {}): string {
  const groups = metricGroups(report, findSamples(extras));
  const withoutOutputs = pageWith(report, groups, extras, 0);
  if (!extras.outputs?.length) return withoutOutputs;
  return pageWith(report, groups, extras, MAX_BYTES - Buffer.byteLength(withoutOutputs));
}

function pageWith(
  report: FleetReport,
  groups: readonly MetricGroup[],
  extras: ReportExtras,
  maxOutputs: number
): string {
  const context = { groups, records: fullRecords(extras, problemsFirst(report), maxOutputs) };
  const sections = problemSections(report, context);
  const shown = new Set(sections.flatMap(({ cards }) => cards.map(([, row]) => row)));
  const failed = [...report.servers.entries()].filter(([, row]) => row.verdict === 'fail');
  const parts = [
    failureList(failed),
    changesSection(report, extras),
    actionSection(report),
    ...sections.map(({ section }) => section),
    measurementSection(groups),
    heatMapSection(report, groups),
    serverTable(report, (row) => shown.has(row)),
    otherServersSection(report, (row) => shown.has(row), context),
    machineSection(report),
    runSection(report, extras),
  ];
  return page(report, parts);
}

const links: readonly (readonly [id: string, text: string])[] = [
  ['list', 'What failed'],
  ['changes', 'Since the last run'],
  ['actions', 'Actions'],
  ['wrong', 'Wrong results'],
  ['failed', 'Short'],
  ['unjudged', 'Not judged'],
  ['measurements', 'Measurements'],
  ['heat-map', 'Heat map'],
  ['servers', 'All servers'],
  ['others', 'In full'],
  ['machines', 'Machines'],
  ['run', 'How it was run'],
];

function page(report: FleetReport, parts: readonly (Markup | null)[]): string {
  const text = parts.map((part) => part?.toString() ?? '').join('');
  const present = links.filter(([id]) => text.includes(`<section id="${id}">`));
  const nav = present.map(
    ([id, name]) => markup`<a href="#${id}">${id === 'unjudged' && report.checkOnly ? 'Not ready' : name}</a>`
  );
  const title = `${headline(report)} · ${reportText(report.run, 100)}`;
  return markup`${DOCTYPE}<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="generator" content="fleetmark"><title>${title}</title><style>${new Markup(PAGE_STYLE)}</style></head><body>${pageHead(report)}<nav aria-label="Sections">${nav}</nav><main>${parts}</main><script>${new Markup(PAGE_SCRIPT)}</script></body></html>
`.toString();
}

const DOCTYPE = new Markup('<!doctype html>\n');
