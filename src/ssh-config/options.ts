/** One value of an option, in the form in which `ssh -G` prints it. */
export interface SshOption {
  value: string;
  /** Where it is written, for messages: `/home/me/.ssh/config line 3`. */
  from: string;
}

/** What a configuration of ssh says of a host, by the name of the option in lower case; nothing of what is usual anyway. */
export type SshOptions = ReadonlyMap<string, readonly SshOption[]>;

/** What ssh is asked about: what would stand on its command line. */
export interface AskedHost {
  host: string;
  port: number | null;
  user: string | null;
}

/** What was found, and the files and folders that it depends on, whether or not they are there. */
export interface FoundOptions {
  options: SshOptions;
  files: string[];
}

/** Values that are lists of files with blanks between them. */
export const fileLists: ReadonlySet<string> = new Set(['userknownhostsfile', 'globalknownhostsfile']);
