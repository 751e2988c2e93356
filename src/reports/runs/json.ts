import { inertJson } from '../../domain/values/untrusted.ts';

/** What a program reads of a result: the result itself. `schema/report.schema.json` describes that of a run. */
export function jsonText(result: object): string {
  return `${inertJson(JSON.stringify(result, null, 2))}\n`;
}
