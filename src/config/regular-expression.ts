/** The named groups of a regular expression, and why it is invalid; null: it is valid. */
export function groupsOf(pattern: string): { names: string[]; problem: string | null } {
  try {
    new RegExp(pattern, 'gm');
    // The empty alternative matches at once, with all groups.
    return { names: Object.keys(new RegExp(`${pattern}|`).exec('')?.groups ?? {}), problem: null };
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : 'unknown error';
    return { names: [], problem: `is not a valid regular expression: ${said}` };
  }
}
