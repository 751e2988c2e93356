/** A process that survives being killed. Its name is untrusted text. */
export interface LeftoverProcess {
  pid: number;
  name: string;
  /** Whether it belongs to another user, such as one that `sudo` has started. */
  isForeign: boolean;
}

/** `sleep (4711)`, `sleep (4711 of another user)` */
export function leftoverName({ pid, name, isForeign }: LeftoverProcess): string {
  return `${name} (${pid}${isForeign ? ' of another user' : ''})`;
}
