import { messagePrinter, type Terminal } from '../terminal/terminal.ts';

/** What the declaration of a verb needs. */
export interface VerbContext {
  terminal: Terminal;
  /** Gets the exit code. */
  done: (exitCode: number) => void;
  /** Loads the file of a verb that loads the SDK. */
  load: <Verb>(verb: () => Promise<Verb>) => Promise<Verb>;
}

export function verbContext(terminal: Terminal, done: (exitCode: number) => void): VerbContext {
  return {
    ...{ terminal, done },
    load(verb) {
      // Loading the SDK takes half a second: show that something happens.
      messagePrinter(terminal)('Getting ready ...');
      return verb();
    },
  };
}
