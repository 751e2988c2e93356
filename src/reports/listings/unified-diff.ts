import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

const OPTIONS = { context: 3, headerOptions: FILE_HEADERS_ONLY };

/** The changes of a text, as `diff -u` prints them and `patch` reads them. @param before - null: a new file */
export function unifiedDiff(name: string, before: string | null, after: string): string {
  if (before === after) return '';
  return createTwoFilesPatch(
    before === null ? '/dev/null' : name,
    name,
    before ?? '',
    after,
    undefined,
    undefined,
    OPTIONS
  );
}
