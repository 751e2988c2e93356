/** Resolves a scalar that may be something else than a text, as the whole of YAML has it. */
type Resolve = (scalar: string) => unknown;

/** Not simple: the whole of YAML is needed. Thrown in here only. */
class NotSimple extends Error {
  override readonly name = 'NotSimple';
}

interface Line {
  indent: number;
  /** Without its indentation. */
  text: string;
}

const deepest = 20;
/** Tabs, carriage returns, and what YAML or somebody's terminal takes for a line end, or does not show. */
const unusual = /[^\n\u0020-\u007e\u00a1-\ud7ff\ue000-\ufefe]|[\u2028\u2029]/;

const letter = '[\\w./~=@+%-]';
/** A plain scalar: words, with blanks and colons in between and never at its end. */
const plain = `(?:[A-Za-z0-9_./~]|-(?=${letter}))(?:[\\w./~=@+%#!$*?()&;|<>'"^\\\\-]|(?::| +)(?=${letter})|:(?=:))*`;
const inQuotes = `"[^"\\\\\\n]*"|'(?:[^'\\n]|'')*'`;
const key = new RegExp(`(?:(${inQuotes})|([A-Za-z0-9_](?:[\\w.-]|:(?=[\\w:]))*)):(?= |$)`, 'y');
const scalar = new RegExp(`(?:(${inQuotes})|(${plain}))`, 'y');
const blanks = / */y;
const end = / *(?: #.*)?$/y;
const item = /- +/y;
/** In no version of YAML something else than a text. */
const text = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)(?:[a-z/]|~\/|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$)/i;

/**
 * Reads what almost every configuration and inventory consists of, many times faster than the whole of YAML can be read
 * with its positions: block maps, one-line flow maps and lists, lists of scalars, and scalars of one line in quotes
 * without escapes or of ordinary characters. Keys keep the order in which they are written.
 * @param resolve is asked for what may be a number, a date, true or null; undefined: it cannot be read
 * @returns null for anything else, mistakes included: that is to be read as the whole of YAML
 */
export function readSimpleYaml(written: string, resolve: Resolve): Record<string, unknown> | null {
  if (unusual.test(written)) return null;
  const lines: Line[] = [];
  for (const line of written.split('\n')) {
    const indent = /^ */.exec(line)![0].length;
    if (indent < line.length && line[indent] !== '#') lines.push({ indent, text: line.slice(indent) });
  }
  if (lines[0]?.text === '---' && lines[0].indent === 0) lines.shift();
  if (lines.length === 0 || lines[0]!.indent !== 0) return null;
  const known = new Map<string, unknown>();
  const reader = new Reader(lines, (of) => {
    if (!known.has(of)) known.set(of, resolve(of));
    return known.get(of);
  });
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof NotSimple) return null;
    throw error;
  }
}

class Reader {
  private at = 0;
  private column = 0;
  private readonly lines: readonly Line[];
  private readonly resolve: Resolve;

  constructor(lines: readonly Line[], resolve: Resolve) {
    this.lines = lines;
    this.resolve = resolve;
  }

  whole(): Record<string, unknown> {
    const value = this.map(0, 0);
    if (this.at < this.lines.length) throw new NotSimple();
    return value;
  }

  private map(indent: number, depth: number): Record<string, unknown> {
    if (depth > deepest) throw new NotSimple();
    const value: Record<string, unknown> = {};
    for (let line = this.lines[this.at]; line?.indent === indent; line = this.lines[this.at]) {
      this.column = 0;
      const name = this.key(value);
      value[name] = this.ends() ? this.below(indent, depth) : this.lastOfLine(depth);
    }
    if ((this.lines[this.at]?.indent ?? 0) > indent) throw new NotSimple();
    return value;
  }

  /** What follows a key that has nothing after it in its line. */
  private below(indent: number, depth: number): unknown {
    this.at += 1;
    const next = this.lines[this.at];
    if (next === undefined || next.indent < indent) return null;
    if (next.text.startsWith('- ')) return this.list(next.indent, depth + 1);
    return next.indent > indent ? this.map(next.indent, depth + 1) : null;
  }

  private list(indent: number, depth: number): unknown[] {
    const value: unknown[] = [];
    for (let line = this.lines[this.at]; line?.indent === indent && line.text.startsWith('- ');) {
      this.column = 0;
      this.skip(item);
      value.push(this.lastOfLine(depth));
      line = this.lines[this.at];
    }
    if ((this.lines[this.at]?.indent ?? 0) > indent) throw new NotSimple();
    return value;
  }

  private lastOfLine(depth: number): unknown {
    this.skip(blanks);
    const value = this.inLine(depth);
    if (!this.ends()) throw new NotSimple();
    this.at += 1;
    return value;
  }

  private inLine(depth: number): unknown {
    if (depth > deepest) throw new NotSimple();
    const next = this.peek();
    if (next === '{') return this.flowMap(depth);
    if (next === '[') return this.flowList(depth);
    const found = this.match(scalar);
    if (found === null) throw new NotSimple();
    const [, quoted, unquoted = ''] = found;
    if (quoted !== undefined) return unquote(quoted);
    const value = text.test(unquoted) ? unquoted : this.resolve(unquoted);
    if (value === undefined) throw new NotSimple();
    return value;
  }

  private flowMap(depth: number): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    this.separator('{');
    while (this.peek() !== '}') {
      const name = this.key(value);
      this.skip(blanks);
      value[name] = /[,}]/.test(this.peek()) ? null : this.inLine(depth + 1);
      this.skip(blanks);
      if (this.peek() !== '}') this.separator(',');
    }
    this.column += 1;
    return value;
  }

  private flowList(depth: number): unknown[] {
    const value: unknown[] = [];
    this.separator('[');
    while (this.peek() !== ']') {
      value.push(this.inLine(depth + 1));
      this.skip(blanks);
      if (this.peek() !== ']') this.separator(',');
    }
    this.column += 1;
    return value;
  }

  private key(map: Record<string, unknown>): string {
    const found = this.match(key);
    const name = found?.[1] === undefined ? (found?.[2] ?? '') : unquote(found[1]);
    // Objects would put numbers before everything else.
    const isSimple = name !== '' && name !== '__proto__' && !/^\d+$/.test(name) && name.length < 1000;
    if (!isSimple || Object.hasOwn(map, name)) throw new NotSimple();
    return name;
  }

  private separator(character: string): void {
    if (this.peek() !== character) throw new NotSimple();
    this.column += 1;
    this.skip(blanks);
  }

  private peek(): string {
    return this.lines[this.at]!.text.charAt(this.column);
  }

  private ends(): boolean {
    end.lastIndex = this.column;
    return end.test(this.lines[this.at]!.text);
  }

  private skip(pattern: RegExp): void {
    this.match(pattern);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.column;
    const found = pattern.exec(this.lines[this.at]!.text);
    if (found) this.column += found[0].length;
    return found;
  }
}

function unquote(quoted: string): string {
  const inside = quoted.slice(1, -1);
  return quoted.startsWith("'") ? inside.replaceAll("''", "'") : inside;
}
