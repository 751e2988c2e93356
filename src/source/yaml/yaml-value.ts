import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import type { Event } from 'js-yaml';
import { mostNodesFromAliases } from './plain-value.ts';

/** How a dialect reads what is not simply a text. */
export interface Meaning {
  /** Of a scalar without quotes that may be a number, a date, true or null; undefined: it cannot be read. */
  resolve(scalar: string): unknown;
  /** Of a scalar with a tag of the dialect's own. */
  tags: ReadonlyMap<string, (text: string) => object>;
}

interface ReadValue {
  value: Record<string, unknown>;
  isInOrder: boolean;
  nonTextKeys: Set<string>;
}

interface Part {
  value: unknown;
  /** Nodes in it, with all that its aliases stand for. */
  size: number;
  depth: number;
}

/** A map or list that is being read. */
interface Open extends Part {
  value: Record<string, unknown> | unknown[];
  anchor: string | null;
  /** The key that waits for its value, in a map. */
  key: string | null;
}

/** What the two libraries, or terminals and editors, may take for different things. */
const unusual = /\r(?!\n)|[^\r\n\u0020-\u007e\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe]/;
/** A block text that says its indentation: of one with blanks only each makes something else. */
const givenIndent = /[ \t][|>][-+]?[1-9][-+]?[ \t]*(?:#.*)?$/m;
/** Where a document begins or ends: of all but a `---` alone js-yaml thinks too well. */
const marker = /^ *(?:---|\.\.\.)(?=\s|$).*/gm;
const beginning = /^---(?: +#.*| *)$/;
/** All that may be a number, a date, true, false or null, and some texts. Of names, few are any of these. */
const mayBeNoText =
  /^(?!.*:$)(?:[-+]?\.?\d[-+.:\d_]*(?:e[-+]?\d+|[ \tt].*)?|[-+]?0[box][\da-f_]+|[-+]?\.(?:inf|nan|[\d_]*(?:e[-+]?\d+)?)|~|null|y|n|yes|no|on|off|true|false)$/i;
/** In no version of YAML something else than a text. */
const text = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)(?:[a-z/]|~\/|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$)/i;
const longestKey = 1000;
const deepest = 40;

/**
 * The value of a YAML text, many times faster than it can be read with its positions and with good words for its
 * mistakes. Keys keep the order in which they are written, unless there is one such as `10`: objects put those first.
 * @returns null for what is to be read the slow way: mistakes, and what is rare
 */
export function yamlValue(written: string, meaning: Meaning): ReadValue | null {
  const markers = written.match(marker) ?? [];
  if (markers.length > 1 || !markers.every((line) => beginning.test(line))) return null;
  if (unusual.test(written) || givenIndent.test(written)) return null;
  let events: Event[];
  try {
    events = parseEvents(written, { maxDepth: deepest });
  } catch {
    return null;
  }
  const [document, ...others] = events;
  const isOne = document?.type === EVENT_ID.DOCUMENT && !others.some(({ type }) => type === EVENT_ID.DOCUMENT);
  return isOne && document.directives.length === 0 ? new Builder(written, meaning).build(others) : null;
}

/** Not to be read this way. Thrown in here only. */
class Unsure extends Error {
  override readonly name = 'Unsure';
}

class Builder {
  private readonly open: Open[] = [];
  private readonly anchors = new Map<string, Part | null>();
  private readonly resolved = new Map<string, unknown>();
  private fromAliases = 0;
  private isInOrder = true;
  private readonly nonTextKeys = new Set<string>();
  private root: unknown = null;
  private readonly source: string;
  private readonly meaning: Meaning;

  constructor(source: string, meaning: Meaning) {
    this.source = source;
    this.meaning = meaning;
  }

  build(events: readonly Event[]): ReadValue | null {
    try {
      for (const event of events) this.take(event);
    } catch (error) {
      if (error instanceof Unsure) return null;
      throw error;
    }
    const { root, isInOrder, nonTextKeys } = this;
    if (typeof root !== 'object' || root === null || Array.isArray(root)) return null;
    return { value: root as Record<string, unknown>, isInOrder, nonTextKeys };
  }

  private take(event: Event): void {
    switch (event.type) {
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        const anchor = this.anchorOf(event);
        const isMap = event.type === EVENT_ID.MAPPING;
        if (event.tagStart >= 0 || this.awaitsKey()) throw new Unsure();
        if (anchor !== null) this.begin(anchor);
        this.open.push({ value: isMap ? {} : [], anchor, key: null, size: 1, depth: 0 });
        return;
      }
      case EVENT_ID.POP: {
        const closed = this.open.pop();
        if (closed === undefined) return; // the document
        if (closed.anchor !== null) this.anchors.set(closed.anchor, closed);
        return this.put(closed);
      }
      case EVENT_ID.ALIAS: {
        const target = this.anchors.get(this.anchorOf(event)!);
        if (!target || this.awaitsKey()) throw new Unsure();
        this.fromAliases += target.size;
        if (this.fromAliases > mostNodesFromAliases) throw new Unsure();
        return this.put(target);
      }
      case EVENT_ID.SCALAR: {
        const anchor = this.anchorOf(event);
        const scalar = event.valueStart < 0 ? '' : getScalarValue(this.source, event);
        const tag = event.tagStart < 0 ? null : this.source.slice(event.tagStart, event.tagEnd);
        const isPlain = event.style === SCALAR_STYLE.PLAIN;
        if (this.awaitsKey()) {
          if (anchor !== null || tag !== null) throw new Unsure();
          if (isPlain && !this.isText(scalar)) this.nonTextKeys.add(scalar);
          return this.nextKey(scalar);
        }
        if (isPlain && this.source.slice(event.valueStart, event.valueEnd).includes('\n')) throw new Unsure();
        const part = { value: this.meaningOf(scalar, tag, isPlain), size: 1, depth: 0 };
        if (anchor !== null) this.begin(anchor, part);
        return this.put(part);
      }
    }
  }

  private begin(anchor: string, part: Part | null = null): void {
    if (this.anchors.has(anchor)) throw new Unsure();
    this.anchors.set(anchor, part);
  }

  private anchorOf({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }): string | null {
    return anchorStart < 0 ? null : this.source.slice(anchorStart, anchorEnd);
  }

  private meaningOf(scalar: string, tag: string | null, isPlain: boolean): unknown {
    if (tag !== null) {
      const read = this.meaning.tags.get(tag);
      if (read === undefined) throw new Unsure();
      return read(scalar);
    }
    if (!isPlain || text.test(scalar)) return scalar;
    return scalar === '' ? null : this.resolve(scalar);
  }

  private isText(key: string): boolean {
    return text.test(key) || !mayBeNoText.test(key) || typeof this.resolve(key) === 'string';
  }

  private resolve(scalar: string): unknown {
    if (!this.resolved.has(scalar)) this.resolved.set(scalar, this.meaning.resolve(scalar));
    const value = this.resolved.get(scalar);
    if (value === undefined) throw new Unsure();
    return value;
  }

  private awaitsKey(): boolean {
    const around = this.open.at(-1);
    return around !== undefined && !Array.isArray(around.value) && around.key === null;
  }

  private nextKey(name: string): void {
    const around = this.open.at(-1)!;
    const isUsual = /^[^-?:]/.test(name) && name !== '__proto__' && name.length < longestKey;
    if (!isUsual || Object.hasOwn(around.value, name)) throw new Unsure();
    if (/^(?:0|[1-9]\d*)$/.test(name)) this.isInOrder = false;
    around.key = name;
  }

  private put({ value, size, depth }: Part): void {
    const around = this.open.at(-1);
    if (around === undefined) {
      this.root = value;
      return;
    }
    if (Array.isArray(around.value)) around.value.push(value);
    else around.value[around.key!] = value;
    around.key = null;
    around.size += size;
    around.depth = Math.max(around.depth, depth + 1);
    if (around.depth > deepest) throw new Unsure();
  }
}
