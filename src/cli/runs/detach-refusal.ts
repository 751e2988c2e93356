import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';

/** The embedded Temporal ends with this process, and would end a detached run with it. */
export function detachRefusal(): Refusal {
  return new Refusal(
    `--detach needs a Temporal that keeps running: start \`${ownCommand('up')}\` in another terminal, or set TEMPORAL_ADDRESS`
  );
}
