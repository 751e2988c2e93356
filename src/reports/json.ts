/** What a program reads of a result: the result itself. `schema/report.schema.json` describes that of a run. */
export function jsonText(result: object): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
