/**
 * Splits like `shlex.split` of Python: at blanks, with quotes and backslashes as in a shell, without any expansion.
 * @param comments whether `#` begins a comment, even inside a word: `a=b#c` is `a=b`
 */
export function shellWords(text: string, comments: boolean): string[] | { problem: string } {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'") {
      at += 1;
      if (at === text.length) return { problem: 'ends with a backslash' };
      const kept: string = quote === '"' && !'"\\'.includes(text.charAt(at)) ? '\\' : '';
      word = (word ?? '') + kept + text.charAt(at);
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (comments && character === '#') {
      break;
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== '') return { problem: `has an unclosed ${quote === '"' ? 'double' : 'single'} quote` };
  if (word !== null) words.push(word);
  return words;
}
