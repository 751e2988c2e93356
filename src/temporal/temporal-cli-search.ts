/** The inputs for finding, downloading and building a Temporal CLI. */
export interface TemporalCliSearch {
  env: NodeJS.ProcessEnv;
  /** Folder for a downloaded or built CLI. */
  cacheDir: string;
  /** Prints one line for the user. */
  say: (line: string) => void;
}
