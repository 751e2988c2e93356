import { Composer, Lexer, LineCounter, Parser, type CST, type ParsedNode, type Scalar, type YAMLError } from 'yaml';
import { isUnderflow } from '../../domain/values/numbers.ts';
import { unquotedValue } from './ambiguous-scalar.ts';
import { plainValue } from './plain-value.ts';
import type { Problem } from '../problem.ts';

export interface Position {
  line: number;
  column: number;
}

/** A parsed YAML text; with a `syntaxError`, the rest is empty. */
export interface YamlText {
  value: unknown;
  /** Unquoted keys that Ansible may read as another type: `9`, `0x1f`, `on`. */
  nonTextKeys: ReadonlySet<string>;
  root: ParsedNode | null;
  /** Duplicate keys, undefined anchors and similar problems. */
  problems: Problem[];
  syntaxError: (Position & { message: string }) | null;
  /** @param offset counts from 0, lines and columns from 1 */
  position(offset: number): Position;
}

const MAX_DEPTH = 50;
/** The tokens of an inventory of about 35,000 servers, which take half a gigabyte. */
const MAX_LEXEMES = 1_000_000;

const CORE = {
  schema: 'core',
  /** A number that is too small would be 0: it stays a text. */
  valueOf: ({ value, source = '' }: Scalar): unknown =>
    typeof value === 'number' && isUnderflow(source, value) ? source : value,
  mapOf: Object.fromEntries,
} as const;

/** Strings, or {@link AMBIGUOUS} if Ansible may read another value, in Maps. Encrypted values are dropped. */
const ANSIBLE = {
  schema: 'failsafe' as const,
  customTags: [
    { tag: '!vault', resolve: (): object => ({ __ansible_vault: '' }) },
    { tag: '!unsafe', resolve: (text: string): object => ({ __ansible_unsafe: text }) },
  ],
  valueOf: ({ type, tag, value, source = '' }: Scalar): unknown =>
    type === 'PLAIN' && tag === undefined ? unquotedValue(source) : value,
  mapOf: (entries: ReadonlyMap<string, unknown>): unknown => entries,
};

const DIALECTS = { core: CORE, ansible: ANSIBLE, json: { ...CORE, schema: 'json' } } as const;

/** @param maxLexemes a larger text is refused */
export function parseYaml(text: string, dialect: keyof typeof DIALECTS = 'core', maxLexemes = MAX_LEXEMES): YamlText {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refuse = (offset: number, message: string): YamlText => {
    const syntaxError = { ...position(offset), message: `not valid YAML: ${message}` };
    return { value: null, nonTextKeys: new Set(), root: null, problems: [], syntaxError, position };
  };

  // Checked for each token: the composer is recursive, and a file of brackets would take all memory.
  const tokens: CST.Token[] = [];
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    const tooDeep = parser.stack[MAX_DEPTH + 1];
    if (tooDeep) return refuse(tooDeep.offset, `nested more than ${MAX_DEPTH} levels deep`);
    if (lexemes > maxLexemes) return refuse(parser.offset, `the file is too large: more than ${maxLexemes} tokens`);
  }
  tokens.push(...parser.end());

  // `uniqueKeys` compares all pairs of keys; plainValue finds duplicates faster.
  const { valueOf, mapOf, ...schema } = DIALECTS[dialect];
  const options = { uniqueKeys: false, merge: false, resolveKnownTags: false, ...schema } as const;
  const composer = new Composer<ParsedNode>({ ...options, logLevel: 'silent' });
  const documents = [...composer.compose(tokens, true, text.length)];
  const document = documents[0]!;
  const mistake = document.errors[0] ?? document.warnings[0];
  if (mistake) return refuse(mistake.pos[0], messageOf(mistake));
  if (documents[1]) return refuse(documents[1].range[0], 'there is a second document ("---"); keep one');
  return { ...plainValue(document.contents, valueOf, mapOf), root: document.contents, syntaxError: null, position };
}

function messageOf({ code, message }: YAMLError): string {
  const said = message.charAt(0).toLowerCase() + message.slice(1);
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'tabs cannot indent; use spaces';
    case 'BAD_DQ_ESCAPE':
      return `${said}; use single quotes`;
    case 'BAD_SCALAR_START':
      return `${said}; quote the string`;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'two keys on one line; quote a string that contains ": "';
    // The tag may be a password that begins with "!".
    case 'TAG_RESOLVE_FAILED':
      return 'unknown tag; quote a string that begins with !';
    case 'MISSING_CHAR':
      return said.replace(/(["'])quote/, 'quote $1');
    default:
      return said;
  }
}
