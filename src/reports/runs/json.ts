import { inertJson } from '../../domain/values/untrusted.ts';

/** A result as JSON. `schema/report.schema.json` describes the report of a run. */
export function jsonText(result: object): string {
  return `${inertJson(JSON.stringify(result, null, 2))}\n`;
}
