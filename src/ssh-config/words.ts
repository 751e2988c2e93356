/** A line of a configuration of ssh that says something. */
export interface ConfigLine {
  /** In lower case. */
  keyword: string;
  /** All that follows, as a few options take it. */
  rest: string;
  words: string[];
}

/** Reads a line as readconf.c of OpenSSH does. Null: a comment, or nothing. */
export function readConfigLine(raw: string): ConfigLine | { problem: string } | null {
  const line = raw.replace(/(?<!^)[ \t\r\n\f]+$/, '').replace(/^[ \t\r]+/, '');
  if (line === '' || line.startsWith('#')) return null;
  const [whole, keyword = ''] = /^([A-Za-z][A-Za-z0-9]*)(?:[ \t]*=[ \t]*|[ \t]+|$)/.exec(line) ?? [];
  if (whole === undefined) return { problem: 'begins with no keyword' };
  const rest = line.slice(whole.length);
  const words = splitWords(rest);
  if (words === null) return { problem: 'has a quote that nothing closes' };
  return { keyword: keyword.toLowerCase(), rest, words };
}

/** `argv_split` of OpenSSH: quotes of both kinds, a backslash before a quote, a backslash or a blank, `#` ends it. */
function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    const isBlank = character === ' ' || character === '\t';
    if (word === null) {
      if (isBlank) continue;
      if (character === '#') return words;
      word = '';
    }
    const next = text[at + 1] ?? '';
    if (character === '\\' && next !== '' && (`'"\\`.includes(next) || (quote === '' && next === ' '))) {
      word += next;
      at += 1;
    } else if (quote === '' && isBlank) {
      words.push(word);
      word = null;
    } else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else word += character;
  }
  if (quote !== '') return null;
  if (word !== null) words.push(word);
  return words;
}
