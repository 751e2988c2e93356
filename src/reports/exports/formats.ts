import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ReportExtras } from '../html/extras.ts';
import { jsonText } from '../runs/json.ts';

/** A form of the report of a run or a check. The same report always gives the same text. */
export interface ReportFormat {
  name: string;
  /** Of a file, without a dot. */
  extension: string;
  /** For a list of options. */
  what: string;
  /** Whether it tells only measurements, of which a check has none. */
  ofRunsOnly?: true;
  /** Whether it shows samples and outputs, which a report does not contain. */
  usesRecords?: true;
  /** Whether it shows what is new since earlier runs, which a report does not contain. */
  usesEarlier?: true;
  /** Loads what writes the format, which a command line without it does not need. */
  load: () => Promise<WriteReport>;
}

/** @param extras - samples and outputs only for a format that uses them */
type WriteReport = (report: FleetReport, extras?: ReportExtras) => string;

/** All formats, in the order of the help. A new one is one file, and one line here. */
export const reportFormats: readonly ReportFormat[] = [
  { name: 'text', extension: 'txt', what: 'the text report', load: plainText },
  { name: 'json', extension: 'json', what: 'the whole report as JSON', load: () => Promise.resolve(jsonText) },
  {
    ...{ name: 'jsonl', extension: 'jsonl', what: "all values with SuperBench's keys", ofRunsOnly: true },
    load: async () => (await import('./jsonl.ts')).jsonlText,
  },
  {
    ...{ name: 'csv', extension: 'csv', what: 'all measurements as a table' },
    load: async () => (await import('./csv.ts')).csvText,
  },
  {
    ...{ name: 'markdown', extension: 'md', what: 'a summary for a pull request', usesEarlier: true },
    load: async () => (await import('./markdown-file.ts')).markdownFile,
  },
  {
    ...{ name: 'junit', extension: 'xml', what: 'test results for CI' },
    load: async () => (await import('./junit.ts')).junitXml,
  },
  {
    ...{ name: 'annotations', extension: 'txt', what: 'errors and warnings for GitHub Actions' },
    load: async () => (await import('./annotations.ts')).annotationsText,
  },
  {
    ...{ name: 'html', extension: 'html', what: 'a page to look at and to pass on' },
    ...{ usesRecords: true, usesEarlier: true },
    load: async () => (await import('../html/html-report.ts')).htmlReport,
  },
];

async function plainText(): Promise<WriteReport> {
  const [{ checkText }, { textReport }] = await Promise.all([
    import('../checks/check-text.ts'),
    import('../runs/text.ts'),
  ]);
  return (report) => (report.checkOnly ? checkText(report) : textReport(report));
}
