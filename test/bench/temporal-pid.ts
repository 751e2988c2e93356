import { commandLine, processesWith } from '../support/processes.ts';

/** The Temporal server with this state folder: not the shell that runs it, nor `env` on the way. */
export function temporalPid(state: string): number | undefined {
  return processesWith(state).find((pid) => /^\S*temporal\S* server start-dev /.test(commandLine(pid)));
}
