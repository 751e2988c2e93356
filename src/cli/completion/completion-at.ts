import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings';

export interface Candidate {
  text: string;
  what: string;
}

/** What can be written at the cursor. */
export interface Completion {
  /** Verbs, options, and fixed values, not filtered by the typed part. */
  candidates: Candidate[];
  /** Values that are not fixed, by their placeholder in the help: `servers`, `file`; null: none. */
  placeholder: string | null;
  /** The typed part that comes before a value: `--limit=`. */
  before: string;
  /** The options before the cursor that say which configuration counts. */
  given: { config?: string; inventory?: string };
}

/** Where a command line stands before the word at the cursor. */
interface Place {
  command: CommandUnknownOpts;
  /** How many arguments of the command were given. */
  argumentCount: number;
  /** An option that takes this word as its value, or can. */
  open: Option | null;
  /** After `--` there are no options. */
  hasOptions: boolean;
  given: Record<string, string>;
}

/** @param words - after the name of the program; the last one is at the cursor, up to it */
export function completionAt(program: CommandUnknownOpts, words: readonly string[]): Completion {
  const place = placeAfter(program, words.slice(0, -1));
  const word = words.at(-1) ?? '';
  const { command, open, given } = place;
  const none: Completion = { candidates: [], placeholder: null, before: '', given };
  if (takesAnything(command)) return none;
  const [, flag = '', value] = /^(--[^=]+=)(.*)$/.exec(word) ?? [];
  if (place.hasOptions && value !== undefined) {
    const option = optionOf(command, flag.slice(0, -1));
    return option ? { ...none, ...valuesOf(option.argChoices, placeholderOf(option)), before: flag } : none;
  }
  if (place.hasOptions && word.startsWith('-')) return { ...none, candidates: optionsOf(command) };
  if (open !== null) return { ...none, ...valuesOf(open.argChoices, placeholderOf(open)) };
  const argument = argumentAt(command, place.argumentCount);
  const verbs = place.argumentCount === 0 ? verbsOf(command) : [];
  const values = argument === undefined ? none : valuesOf(argument.argChoices, argument.name());
  return { ...none, candidates: [...verbs, ...values.candidates], placeholder: values.placeholder };
}

function placeAfter(program: CommandUnknownOpts, words: readonly string[]): Place {
  const place: Place = { command: program, argumentCount: 0, open: null, hasOptions: true, given: {} };
  for (const word of words) step(place, word);
  return place;
}

function step(place: Place, word: string): void {
  if (place.hasOptions && word.startsWith('-') && word !== '-') {
    place.hasOptions = word !== '--';
    const [flag, value] = word.split(/=(.*)/s, 2) as [string, string | undefined];
    const option = optionOf(place.command, flag);
    const takesValue = option !== undefined && (option.required || option.optional);
    place.open = takesValue && value === undefined ? option : null;
    if (takesValue && value !== undefined) place.given[option.attributeName()] = value;
  } else if (place.open !== null) {
    place.given[place.open.attributeName()] = word;
    if (!place.open.variadic) place.open = null;
  } else {
    const verb = place.argumentCount === 0 ? place.command.commands.find((each) => each.name() === word) : undefined;
    if (verb !== undefined) place.command = verb;
    else place.argumentCount += 1;
  }
}

/** A command whose words belong to another program. */
function takesAnything(command: CommandUnknownOpts): boolean {
  return command.name() === 'temporal';
}

function optionOf(command: CommandUnknownOpts, flag: string): Option | undefined {
  return command.options.find(({ short, long }) => short === flag || long === flag);
}

function optionsOf(command: CommandUnknownOpts): Candidate[] {
  const shown = command.createHelp().visibleOptions(command);
  return shown.map(({ long, short, description }) => ({ text: long ?? short!, what: description }));
}

function verbsOf(command: CommandUnknownOpts): Candidate[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.map((verb) => ({ text: verb.name(), what: verb.description() }));
}

function argumentAt({ registeredArguments }: CommandUnknownOpts, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

function valuesOf(
  choices: readonly string[] | undefined,
  placeholder: string
): Pick<Completion, 'candidates' | 'placeholder'> {
  if (choices === undefined) return { candidates: [], placeholder };
  return { candidates: choices.map((text) => ({ text, what: '' })), placeholder: null };
}

/** `servers` of `--limit <servers...>`. */
function placeholderOf({ flags }: Option): string {
  return /[<[]([^\]>.]+)/.exec(flags)?.[1] ?? '';
}
