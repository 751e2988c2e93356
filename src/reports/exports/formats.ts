import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { checkText } from '../checks/check-text.ts';
import type { ReportExtras } from '../html/extras.ts';
import { htmlReport } from '../html/html-report.ts';
import { jsonText } from '../runs/json.ts';
import { summaryMarkdown } from '../runs/markdown.ts';
import { textReport } from '../runs/text.ts';
import { annotationsText } from './annotations.ts';
import { csvText } from './csv.ts';
import { jsonlText } from './jsonl.ts';
import { junitXml } from './junit.ts';

/** A form of the report of a run or a check. The same report always gives the same text. */
export interface ReportFormat {
  name: string;
  /** Of a file, without a dot. */
  extension: string;
  /** For a list of options. */
  what: string;
  /** Whether it tells only measurements, of which a check has none. */
  ofRunsOnly?: true;
  /** Whether it shows what a report does not contain. */
  usesExtras?: true;
  /** @param extras - only for a format that uses them */
  textOf: (report: FleetReport, extras?: ReportExtras) => string;
}

/** All formats, in the order of the help. A new one is one file, and one line here. */
export const reportFormats: readonly ReportFormat[] = [
  { name: 'text', extension: 'txt', what: 'the text report', textOf: plainText },
  { name: 'json', extension: 'json', what: 'the whole report as JSON', textOf: jsonText },
  { name: 'jsonl', extension: 'jsonl', what: "all values with SuperBench's keys", ofRunsOnly: true, textOf: jsonlText },
  { name: 'csv', extension: 'csv', what: 'all measurements as a table', textOf: csvText },
  { name: 'markdown', extension: 'md', what: 'a summary for a pull request', textOf: markdownFile },
  { name: 'junit', extension: 'xml', what: 'test results for CI', textOf: junitXml },
  { name: 'annotations', extension: 'txt', what: 'errors and warnings for GitHub Actions', textOf: annotationsText },
  { name: 'html', extension: 'html', what: 'a page to look at and to pass on', usesExtras: true, textOf: htmlReport },
];

function plainText(report: FleetReport): string {
  return report.checkOnly ? checkText(report) : textReport(report);
}

function markdownFile(report: FleetReport): string {
  return `${summaryMarkdown(report)}\n`;
}
