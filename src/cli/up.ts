import type { Client } from '@temporalio/client';
import { findConfiguration } from '../config/find-configuration.ts';
import { stateDirectory } from '../local/state-directory.ts';
import { configurationReader } from '../configuration.ts';
import { commandWith } from './configuration-options.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import { exitCodes } from './exit-code.ts';
import { onInterrupt } from './interrupts.ts';
import { Refusal } from './refusal.ts';
import { openEmbedded } from './temporal-session.ts';
import type { TemporalSession } from './temporal-session.ts';
import { sayOn } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { shownIds, unfinishedRuns } from './unfinished-runs.ts';

/** Temporal, its Web UI and a worker until Ctrl-C. What was running when it was last killed goes on. */
export async function up(options: ConfigurationOptions, terminal: Terminal): Promise<number> {
  const { env, stdin } = terminal;
  const say = sayOn(terminal);
  const configuration = await findConfiguration(options, env, stdin);
  await configurationReader(configuration, say)();
  const session = await openEmbedded({ configuration, env, stateDir: stateDirectory(env), say });
  try {
    if (!session.own) throw new Refusal(`it is up already, at ${session.address}`);
    const unfinished = await unfinishedRuns(session.client);
    session.claimUnfinished(unfinished);
    if (unfinished.length > 0) say(`Going on with ${shownIds(...unfinished)}`);
    await session.startWorker();
    say(`Up. Start a run with \`${commandWith(options, ['run'])}\`; stop everything with Ctrl-C.`);
    return await untilInterrupted(session, commandWith(options, ['up']), say);
  } finally {
    await session.close();
  }
}

/** Keeps a session until a signal, then cancels what runs on it. @param again - the command for one that was lost */
export async function untilInterrupted(
  session: TemporalSession,
  again: string,
  say: (line: string) => unknown
): Promise<number> {
  const { client, lost } = session;
  let interrupt = (): void => undefined;
  const interrupted = new Promise<null>((resolve) => (interrupt = () => resolve(null)));
  const interrupts = onInterrupt(() => interrupt());
  const why = await Promise.race([interrupted, lost]);
  if (why !== null) throw new Refusal(`${why}\nGo on with what was running: ${again}`, exitCodes.unjudged);
  const runs = await unfinishedRuns(client);
  if (runs.length > 0) say(`Cancelling ${shownIds(...runs)}. Press Ctrl-C again to leave at once.`);
  await Promise.race([Promise.all(runs.map((runId) => cancelAndWait(client, runId))), lost]);
  interrupts.stop();
  return exitCodes.passed;
}

async function cancelAndWait(client: Client, runId: string): Promise<void> {
  const handle = client.workflow.getHandle(runId);
  await handle.cancel();
  await handle.result().catch(() => undefined); // how it ended is in its history
}
