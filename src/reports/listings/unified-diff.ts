/** Lines around a change that are shown, too. */
const CONTEXT = 3;

/** Beyond so many pairs of lines to compare, what is between the first and the last change is shown as changed. */
const MOST_PAIRS = 4_000_000;

interface Line {
  mark: ' ' | '-' | '+';
  text: string;
}

/**
 * What changes between two texts, as `diff -u` says it and `patch` takes it; nothing where they are the same.
 * @see https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 */
export function unifiedDiff(name: string, before: string | null, after: string): string {
  if (before === after) return '';
  const lines = differences(linesOf(before ?? ''), linesOf(after));
  const head = `--- ${before === null ? '/dev/null' : name}\n+++ ${name}\n`;
  return head + hunks(lines).join('');
}

/** With their line breaks: the last one may have none. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function differences(before: readonly string[], after: readonly string[]): Line[] {
  let first = 0;
  while (first < before.length && before[first] === after[first]) first += 1;
  let last = 0;
  const most = Math.min(before.length, after.length) - first;
  while (last < most && before.at(-1 - last) === after.at(-1 - last)) last += 1;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ mark: ' ', text }));
  return [
    ...same(before.slice(0, first)),
    ...changes(before.slice(first, before.length - last), after.slice(first, after.length - last)),
    ...same(before.slice(before.length - last)),
  ];
}

/** By the longest common subsequence. */
function changes(before: readonly string[], after: readonly string[]): Line[] {
  const marked = (mark: '-' | '+', lines: readonly string[]): Line[] => lines.map((text) => ({ mark, text }));
  if (before.length * after.length > MOST_PAIRS) return [...marked('-', before), ...marked('+', after)];
  // longest[i][j]: of what is left from line i of the one and line j of the other on
  const longest = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const isSame = before[i] === after[j];
      longest[i]![j] = isSame ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i]! });
      i += 1;
      j += 1;
    } else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) lines.push({ mark: '-', text: before[i++]! });
    else lines.push({ mark: '+', text: after[j++]! });
  }
  return [...lines, ...marked('-', before.slice(i)), ...marked('+', after.slice(j))];
}

function hunks(lines: readonly Line[]): string[] {
  const found: string[] = [];
  const changed = lines.flatMap(({ mark }, index) => (mark === ' ' ? [] : [index]));
  for (let next = 0; next < changed.length;) {
    const start = Math.max(changed[next]! - CONTEXT, 0);
    while (next + 1 < changed.length && changed[next + 1]! - changed[next]! <= 2 * CONTEXT) next += 1;
    const end = Math.min(changed[next]! + CONTEXT + 1, lines.length);
    found.push(hunk(lines.slice(0, start), lines.slice(start, end)));
    next += 1;
  }
  return found;
}

function hunk(earlier: readonly Line[], lines: readonly Line[]): string {
  const range = (mark: '-' | '+'): string => {
    const count = (of: readonly Line[]): number => of.filter((each) => each.mark === ' ' || each.mark === mark).length;
    const size = count(lines);
    return `${count(earlier) + (size > 0 ? 1 : 0)},${size}`;
  };
  const texts = lines.map(({ mark, text }) => {
    return mark + (text.endsWith('\n') ? text : `${text}\n\\ No newline at end of file\n`);
  });
  return `@@ -${range('-')} +${range('+')} @@\n${texts.join('')}`;
}
