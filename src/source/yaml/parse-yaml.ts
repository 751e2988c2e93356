import { Composer, Lexer, LineCounter, Parser } from 'yaml';
import type { CST, ParsedNode, Tags, YAMLError } from 'yaml';
import { plainValue } from './plain-value.ts';
import type { Problem } from '../problem.ts';
import { tagsOfPyYaml } from './pyyaml.ts';
import { yamlValue } from './yaml-value.ts';

export interface Position {
  line: number;
  column: number;
}

/** A YAML text that was understood, or not: then `syntaxError` says why, and there is nothing else in it. */
export interface YamlText {
  value: unknown;
  /** The maps in `value` have their keys in the order in which they are written, which objects do not keep of numbers. */
  isInOrder: boolean;
  /** Keys that YAML takes for something else than a text, as they are written: `9`, `0x1f`, `on`. */
  nonTextKeys: ReadonlySet<string>;
  /** With all positions. It takes long to be made of a large text, and is made when it is asked for. */
  readonly root: ParsedNode | null;
  /** Keys that are there twice, unknown tags and aliases: what YAML allows and we do not. */
  problems: Problem[];
  syntaxError: (Position & { message: string }) | null;
  /** Of a character, counted from 0. Lines and columns count from 1. */
  position(offset: number): Position;
}

const deepest = 50;
/** Words, marks and blanks: so many are in an inventory of 25,000 servers, and take half a gigabyte. */
const mostLexemes = 1_000_000;

/** The tags of Ansible. What is encrypted is not kept. */
const ansibleTags = new Map([
  ['!vault', (): object => ({ __ansible_vault: '' })],
  ['!unsafe', (text: string): object => ({ __ansible_unsafe: text })],
]);

const dialects = {
  core: { schema: 'core', tags: new Map<string, (text: string) => object>(), usual: (tags: Tags) => tags },
  /** YAML 1.1, where `022` is 18 and `yes` is true. */
  ansible: { schema: 'yaml-1.1', tags: ansibleTags, usual: tagsOfPyYaml },
} as const;

type Dialect = keyof typeof dialects;

export function parseYaml(text: string, dialect: Dialect = 'core'): YamlText {
  const resolve = (scalar: string): unknown => {
    const list = parseWholeYaml(`- ${scalar}`, dialect).value;
    return Array.isArray(list) ? (list as unknown[])[0] : undefined;
  };
  const read = yamlValue(text, { resolve, tags: dialects[dialect].tags });
  if (read === null) return parseWholeYaml(text, dialect);
  let parsed: YamlText | null = null;
  const whole = (): YamlText => (parsed ??= parseWholeYaml(text, dialect));
  return {
    ...{ ...read, problems: [], syntaxError: null },
    get root() {
      return whole().root;
    },
    position: (offset) => whole().position(offset),
  };
}

/** @param most lexemes; a larger text is refused */
export function parseWholeYaml(text: string, dialect: Dialect, most = mostLexemes): YamlText {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refuse = (offset: number, message: string): YamlText => {
    const syntaxError = { ...position(offset), message: `not valid YAML: ${message}` };
    return { value: null, isInOrder: false, nonTextKeys: new Set(), root: null, problems: [], syntaxError, position };
  };

  // Looked at while it grows: the composer is recursive, and a file of brackets alone would take all memory before.
  const tokens: CST.Token[] = [];
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    const tooDeep = parser.stack[deepest + 1];
    if (tooDeep) return refuse(tooDeep.offset, `nested more than ${deepest} levels deep`);
    if (lexemes > most) return refuse(parser.offset, 'too large to be read, from here on');
  }
  tokens.push(...parser.end());

  // `uniqueKeys` compares every key with every other; plainValue looks for the same mistake faster.
  const { schema, tags, usual } = dialects[dialect];
  const own = [...tags].map(([tag, resolve]) => ({ tag, resolve }));
  const customTags = (known: Tags): Tags => [...usual(known), ...own];
  const options = { uniqueKeys: false, merge: false, resolveKnownTags: false, schema, customTags } as const;
  const composer = new Composer<ParsedNode>({ ...options, logLevel: 'silent' });
  const documents = [...composer.compose(tokens, true, text.length)];
  const document = documents[0]!;
  const mistake = document.errors[0] ?? document.warnings[0];
  if (mistake) return refuse(mistake.pos[0], inOurWords(mistake));
  if (documents[1]) return refuse(documents[1].range[0], 'there is a second document ("---"); keep one');
  return { ...plainValue(document.contents), isInOrder: false, root: document.contents, syntaxError: null, position };
}

function inOurWords({ code, message }: YAMLError): string {
  const said = message.charAt(0).toLowerCase() + message.slice(1);
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab cannot indent, use spaces';
    case 'BAD_DQ_ESCAPE':
      return `${said}; put the text in single quotes`;
    case 'BAD_SCALAR_START':
      return `${said}; put the text in quotes`;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'two keys on one line; a text with ": " in it needs quotes';
    // It may be a password that begins with "!".
    case 'TAG_RESOLVE_FAILED':
      return 'unknown tag; put a text that begins with ! in quotes';
    case 'MISSING_CHAR':
      return said.replace(/(["'])quote/, 'quote $1');
    default:
      return said;
  }
}
