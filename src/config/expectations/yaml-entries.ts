/** Something to be in a map: a value on one line with its comment, or a map of such. */
export type Entry = Leaf | Branch;

export interface Leaf {
  value: Record<string, string | number>;
  comment: string;
}

export interface Branch {
  entries: Entries;
}

/** By key, in the order in which they are to stand. */
export type Entries = Map<string, Entry>;

/** Lines of a block map, without the line breaks between them. */
export function blockLines(entries: Entries, indent: string, step: string): string[] {
  return [...entries].flatMap(([key, entry]) => {
    if ('value' in entry) return [`${indent}${yamlKey(key)}: ${flowText(entry)} # ${entry.comment}`];
    return [`${indent}${yamlKey(key)}:`, ...blockLines(entry.entries, indent + step, step)];
  });
}

/** On one line, in braces. */
export function flowText(entry: Entry): string {
  return inBraces(entry, yamlKey, String);
}

/** The same with every text in double quotes, as JSON has it. */
export function jsonText(entry: Entry): string {
  return inBraces(entry, JSON.stringify, JSON.stringify);
}

type Written = (text: string) => string;

function inBraces(entry: Entry, key: Written, value: (of: string | number) => string): string {
  const parts =
    'value' in entry
      ? Object.entries(entry.value).map(([name, of]) => `${key(name)}: ${value(of)}`)
      : [...entry.entries].map(([name, of]) => `${key(name)}: ${inBraces(of, key, value)}`);
  return `{ ${parts.join(', ')} }`;
}

/** A key that YAML reads as this text whatever it is. */
function yamlKey(text: string): string {
  const isPlain = /^[A-Za-z][\w-]*([.][\w-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
