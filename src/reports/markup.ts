import { withoutControlSequences } from '../domain/values/untrusted.ts';

/** Text that is HTML or XML already. Only {@link markup} makes it. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template may contain. Null, undefined and false are left out. */
export type MarkupPart = string | number | Markup | null | undefined | false | readonly MarkupPart[];

/**
 * HTML or XML from a template literal. Every value is escaped, unless it is {@link Markup} itself, so that no text can
 * become markup, within an element or a quoted attribute.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupPart[]): Markup {
  return new Markup(strings.map((text, index) => text + markupText(values[index])).join(''));
}

function markupText(value: MarkupPart): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'object') return value.map(markupText).join('');
  return escapedText(String(value));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Escapes a text, and replaces what XML does not allow or what a reader cannot see: control characters but line feeds and
 * tabs, lone surrogates, and characters that change the direction of text.
 */
function escapedText(text: string): string {
  return withoutControlSequences(text)
    .replace(/[^\P{C}\n\t]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
