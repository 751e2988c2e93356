import { findConfiguration } from '../../config/find-configuration.ts';
import { stateDirectory } from '../../temporal/state-directory.ts';
import { configurationReader } from '../../worker/configuration.ts';
import { commandWith } from '../options/configuration-options.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupts.ts';
import type { Interrupts } from '../terminal/interrupts.ts';
import { Refusal } from '../terminal/refusal.ts';
import { openEmbedded } from '../runs/temporal-session.ts';
import type { TemporalSession } from '../runs/temporal-session.ts';
import { sayOn } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { untilInterrupted } from '../runs/until-interrupted.ts';
import { shownIds, unfinishedRuns } from '../runs/unfinished-runs.ts';
import { whileTemporalLives } from '../runs/while-temporal-lives.ts';

/** Temporal, its Web UI and a worker until Ctrl-C. What was running when it was last killed goes on. */
export async function up(options: ConfigurationOptions, terminal: Terminal): Promise<number> {
  const { env, stdin } = terminal;
  const say = sayOn(terminal);
  const configuration = await findConfiguration(options, env, stdin);
  await configurationReader(configuration, say)();
  const interrupts = onInterrupt(() => say('Ending. Press Ctrl-C again to leave at once.'));
  try {
    const session = await openEmbedded({ configuration, env, stateDir: stateDirectory(env), say });
    return await upOn(session, options, interrupts, say);
  } finally {
    interrupts.stop();
  }
}

async function upOn(
  session: TemporalSession,
  options: ConfigurationOptions,
  interrupts: Interrupts,
  say: (line: string) => unknown
): Promise<number> {
  try {
    if (!session.own) throw new Refusal(`it is up already, at ${session.address}`);
    const unfinished = await whileTemporalLives(session, unfinishedRuns(session.client));
    session.claimUnfinished(unfinished);
    if (interrupts.signal.aborted) return exitCodes.passed;
    if (unfinished.length > 0) say(`Going on with ${shownIds(...unfinished)}`);
    await whileTemporalLives(session, session.startWorker());
    say(`Up. Start a run with \`${commandWith(options, ['run'])}\`; stop everything with Ctrl-C.`);
    return await untilInterrupted(session, { interrupts, again: commandWith(options, ['up']), say });
  } finally {
    await session.close();
  }
}
