/** Where tools hide from a non-interactive session. Appended, so that nothing the user has set is overruled. */
const toolFolders = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/usr/local/cuda/bin:/opt/rocm/bin';

/** A command (POSIX shell) that finds its programs in all the places where {@link machineCommand} looks for them. */
export function withToolPath(command: string): string {
  // An empty PATH would leave a leading colon, which means the current folder.
  return `PATH="\${PATH:+$PATH:}${toolFolders}"; export PATH; ${command}`;
}
