import { rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { commandLine, eventually, parentOf, processesWith } from '../support/processes.ts';
import type { Running } from './command-line.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { scoreCommand, type Settings } from '../support/fleetmark-yaml.ts';

/** Servers that a run measures all at once. The command on one of them ignores TERM, so it has to be killed. */
export async function startHeldFleet(size: number): Promise<{ fleet: Fleet; held: HeldBenchmark }> {
  const fleet = await startFleet(size);
  const held = new HeldBenchmark(fleet);
  fleet.configure({ ...held.settings(`case $3 in *.1) trap '' TERM ;; esac`), maxParallel: size });
  return { fleet, held };
}

/**
 * A benchmark whose commands run until the test releases them. They can be found among the processes of this machine.
 */
export class HeldBenchmark {
  readonly #fleet: Fleet;
  /** The duration of a short sleep, unique so that the process can be found. */
  readonly #pause = `0.1${randomInt(1e6, 1e7)}`;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** @param first - shell code that runs before the wait; `$3` is the address of the server */
  settings(first = ':'): Settings {
    const held = this.#fleet.file('held');
    const wait = `while [ -e ${held} ]; do sleep ${this.#pause}; done`;
    const command = `set -- $SSH_CONNECTION; ${first}; ${wait}; echo "score: 80"`;
    return {
      benchmarks: { cpu: scoreCommand(command, { timeout: '10m' }) },
      expect: { 'cpu.score': { min: 50 } },
    };
  }

  hold(): void {
    writeFileSync(this.#fleet.file('held'), '');
  }

  disableHold(): void {
    rmSync(this.#fleet.file('held'), { force: true });
  }

  release(): void {
    rmSync(this.#fleet.file('held'));
  }

  /** The command lines of its running processes. */
  processes(): string[] {
    return processesWith(this.#pause).map(commandLine);
  }

  /** A run of `web-1`, and a run of `web-2` in the Temporal of the first one. Resolves when both are being measured. */
  async startTwoRuns(...firstOptions: string[]): Promise<{ first: Running; second: Running; secondId: string }> {
    const first = this.#fleet.start('run', '--yes', ...firstOptions, '--limit', 'web-1');
    await this.measures(1);
    const second = this.#fleet.start('run', '--yes', '--json', '--limit', 'web-2');
    const [, secondId] = await second.waitFor(/^Run (\S+):/m);
    await this.measures(2);
    return { first, second, secondId: secondId! };
  }

  /** Resolves when this number of servers is being measured. */
  async measures(servers: number): Promise<void> {
    await eventually(
      () => this.shells(),
      (count) => count === servers
    );
  }

  /**
   * The number of servers on which it runs. A process that a shell has just forked looks like a shell until it runs
   * sleep.
   */
  shells(): number {
    const shells = processesWith(this.#pause).filter((pid) => commandLine(pid).startsWith('/bin/sh '));
    return shells.filter((pid) => !shells.includes(parentOf(pid))).length;
  }

  async isGone(): Promise<void> {
    await eventually(
      () => this.processes(),
      (left) => left.length === 0
    );
  }
}
