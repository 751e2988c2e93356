/** What finding, fetching and building a Temporal CLI goes by. */
export interface TemporalCliSearch {
  env: NodeJS.ProcessEnv;
  /** Where a downloaded or built one is kept. */
  cacheDir: string;
  /** One line for the person at the terminal. */
  say: (line: string) => void;
}
