import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CUT_MARK } from '../../../src/domain/jobs/output-limit.ts';
import { betweenPrograms, eventually, isRunning } from '../../support/processes.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { keptOutput } from '../../../src/outputs/kept-output.ts';
import { LocalServer, processesOf, shells, skipsShell } from './local-server.ts';

let counter = 0;
const newJob = () => `run${process.pid}.${counter++}x`; // no id is a prefix of another
const root = process.getuid?.() === 0;

describe.each(Object.keys(shells))('in %s', (shell) => {
  describe.skipIf(skipsShell(shell)).concurrent('the scripts (skipped where this shell is not installed)', () => {
    let server: LocalServer;
    const started: string[] = [];
    const job = () => started[started.push(newJob()) - 1]!;

    beforeAll(async () => {
      server = new LocalServer(shell);
      await server.probe();
    });
    afterAll(async () => {
      for (const name of started) if (processesOf(name).length > 0) await server.cancel(name);
    });

    const scratch = (use: (fresh: LocalServer) => Promise<void>) => async () => {
      const fresh = new LocalServer(shell);
      try {
        await use(fresh);
      } finally {
        fresh.remove();
      }
    };

    const running = async (command: string, more = {}) => {
      const name = job();
      const up = path.join(server.dir, name);
      await server.start(name, `: >${up}; ${command}`, more);
      await eventually(() => existsSync(up), Boolean);
      return name;
    };
    const ended = async (name: string) => {
      let { fields } = await server.poll(name);
      while (fields['state'] === 'running') ({ fields } = await server.poll(name));
      return fields;
    };

    test('a job returns its output, errors and exit status, and its leftover processes are killed', async () => {
      const name = job();
      await server.start(name, `echo "it's \\$HOME"; echo err >&2; sleep 500 & exit 7`);
      const { fields, out, err } = await server.poll(name);
      expect(fields).toMatchObject({ state: 'exited', detail: expect.stringMatching(/^7\.ended\.\d+\.enough$/) });
      expect([out.toString(), err.toString()]).toEqual(["it's $HOME\n", 'err\n']);
      await eventually(
        () => processesOf(name),
        (left) => left.length === 0
      );
    });

    test('a job runs in its own folders, caches included, and reads nothing', async () => {
      const name = job();
      const { out } = await server.start(
        name,
        'pwd; echo $TMPDIR $XDG_CACHE_HOME; cat; echo "$FLEETMARK_JOB $LC_ALL"',
        {
          WAIT: 20,
        }
      );
      const work = server.path(name, 'work');
      const [pwd, folders, ...rest] = out.toString().split('\n');
      const [temporary, cache] = folders!.split(' ');
      expect([pwd, cache, ...rest]).toEqual([work, `${work}/cache`, `${name}; C`, '']);
      expect([path.dirname(temporary!), statSync(temporary!).mode & 0o777]).toEqual([server.base, 0o700]);
    });

    test('a Unix socket has space in the folder for temporary files, however long the name of the job is', async () => {
      const name = `${job()}.${'x'.repeat(120)}`;
      const { out } = await server.start(name, 'printf %s "$TMPDIR"', { WAIT: 20 });
      // In /var/tmp/.fleetmark.4294967295: as long as Python's multiprocessing needs, and a path has at most 107.
      const length = 31 + out.toString().slice(server.base.length).length + '/pymp-01234567/listener-01234567'.length;
      expect([length <= 107, length]).toEqual([true, length]);
      await server.clean(name);
    });

    test(
      'the temporary files of a job are removed with it, however it ends',
      scratch(async (fresh) => {
        await fresh.probe();
        const names = Array.from({ length: 6 }, newJob);
        const [normal, twice, killed, rebooted, cancelled, removed] = names as [string, ...string[]];
        const up = (name: string) => path.join(fresh.dir, name);
        const command = (name: string) => `: >$TMPDIR/file; : >${up(name)}`;
        await Promise.all([normal, twice!, twice!].map((name) => fresh.start(name, command(name), { WAIT: 20 })));
        for (const name of [killed!, rebooted!, cancelled!, removed!]) {
          await fresh.start(name, `${command(name)}; sleep 355`, { MAXIMUM: name === removed ? 3 : 60 });
          await eventually(() => existsSync(up(name)), Boolean);
        }
        expect(fresh.temporaryFolders()).toHaveLength(names.length);
        removeFolder(fresh.path(removed!));
        const record = (name: string) => readFileSync(fresh.path(name, 'run'), 'utf8').split(' ');
        for (const name of [killed!, rebooted!]) process.kill(Number(record(name)[0]), 'SIGKILL');
        writeFileSync(fresh.path(rebooted!, 'run'), record(rebooted!).with(2, 'another-boot').join(' '));
        await fresh.cancel(cancelled!);
        for (const name of names) if (name !== removed) await fresh.clean(name);
        await eventually(
          () => fresh.temporaryFolders(),
          (left) => left.length === 0
        );
      })
    );

    test('a command handles signals as at a terminal', async () => {
      const { out } = await server.start(job(), 'trap "echo got INT" INT; kill -INT $$', {
        WAIT: 20,
      });
      expect(out.toString()).toBe('got INT\n');
    });

    test('a job that has ended, or was cleaned, does not start again', async () => {
      const name = job();
      const again = path.join(server.dir, 'again');
      await server.start(name, 'echo once', { WAIT: 20 });
      expect((await server.start(name, `: >${again}`)).out.toString()).toBe('once\n');
      expect((await server.clean(name)).fields).toMatchObject({ running: '0', outlen: '0' });
      expect((await server.start(name, `: >${again}`)).fields).toMatchObject({ state: 'exited', detail: 'cleaned' });
      expect(existsSync(again)).toBe(false);
      expect(server.jobs(name)).toEqual([]);
    });

    test('a job that is started eight times at once runs once', async () => {
      const name = job();
      const ledger = path.join(server.dir, `${name}.ledger`);
      const starts = Array.from({ length: 8 }, () =>
        server.start(name, `echo began >>${ledger}; sleep 1`, { WAIT: 20 })
      );
      const states = (await Promise.all(starts)).map(({ fields }) => fields['state']);
      expect(states).toEqual(Array(8).fill('exited'));
      expect(readFileSync(ledger, 'utf8')).toBe('began\n');
      const left = readdirSync(server.path(name));
      // Those of the one that ran.
      expect(left.filter((file) => /^(command|pending|run)/.test(file)).sort()).toEqual([
        expect.stringMatching(/^command\.\d+\.sh$/),
        expect.stringMatching(/^pending\.\d+\.end$/),
        'run',
        expect.stringMatching(/^run\.\d+$/),
        expect.stringMatching(/^runner\.\d+$/),
      ]);
      expect(left.filter((file) => file.startsWith('temporary'))).toHaveLength(1);
    });

    test.each([
      ['a simple command', 'sleep 300'],
      ['a pipeline and a child in the background', 'sleep 301 | sleep 302 & sleep 303'],
      ['a command that ignores TERM', "trap '' TERM; sleep 304; sleep 305"],
      ['a child in a session of its own', 'setsid sleep 306 & sleep 307'],
      ['a double fork', '(nohup setsid sh -c "sleep 308; sleep 309" >/dev/null 2>&1 &); sleep 310'],
    ])('cancel leaves nothing of %s', async (_what, command) => {
      const name = await running(command);
      expect(processesOf(name).length).toBeGreaterThan(1);
      expect((await server.cancel(name)).fields).toMatchObject({ outlen: '0' });
      expect(processesOf(name)).toEqual([]);
      expect((await server.poll(name)).fields).toMatchObject({
        state: 'exited',
        detail: expect.stringContaining('cancelled'),
      });
      expect((await server.start(name, 'sleep 311')).fields).toMatchObject({ state: 'exited' });
      expect(processesOf(name)).toEqual([]);
    });

    test('clean leaves nothing of a process that is starting a program meanwhile', async () => {
      const name = job();
      const written = path.join(server.dir, `${name}.pid`);
      const command = `setsid ${betweenPrograms(written)} & while [ ! -e ${written} ]; do sleep 0.01; done`;
      await server.start(name, command, { WAIT: 20 });
      expect((await server.clean(name)).fields).toMatchObject({ running: '0', outlen: '0' });
      expect(isRunning(Number(readFileSync(written, 'utf8')))).toBe(false);
    });

    test('a job that was cancelled before it started never starts', async () => {
      const name = job();
      await server.cancel(name);
      expect((await server.start(name, 'sleep 312')).fields).toMatchObject({ state: 'exited', detail: 'unstarted' });
      expect(processesOf(name)).toEqual([]);
    });

    test.each([
      ['dies of TERM', 'sleep 320'],
      ['ignores TERM', "trap '' TERM; sleep 321; sleep 322"],
      ['has left its session', 'setsid sleep 323 & sleep 324'],
    ])('a job that %s is killed by the server at its timeout', async (_what, command) => {
      const name = await running(command, { MAXIMUM: 1 });
      expect(await ended(name)).toMatchObject({ detail: expect.stringMatching(/^\d+\.timeout\./) });
      await eventually(
        () => processesOf(name),
        (left) => left.length === 0
      );
    });

    test('a job whose folder was removed ends by itself', async () => {
      const name = await running('sleep 330', { MAXIMUM: 3 });
      removeFolder(server.path(name));
      expect((await server.poll(name)).fields).toMatchObject({ state: 'absent' });
      await eventually(
        () => processesOf(name),
        (left) => left.length === 0
      );
    });

    const runner = (name: string) => Number(readFileSync(server.path(name, 'run'), 'utf8').split(' ')[0]);
    const rewrite = (name: string, change: (words: string[]) => void) => {
      const words = readFileSync(server.path(name, 'run'), 'utf8').split(' ');
      change(words);
      writeFileSync(server.path(name, 'run'), words.join(' '));
    };

    test('a job whose runner was killed is lost, and cleaning kills its remaining processes', async () => {
      const name = await running('sleep 340');
      process.kill(runner(name), 'SIGKILL');
      expect(await ended(name)).toMatchObject({ state: 'lost', detail: 'killed' });
      expect(processesOf(name)).not.toEqual([]);
      expect((await server.clean(name)).fields).toMatchObject({ running: '0', outlen: '0' });
      expect(processesOf(name)).toEqual([]);
    });

    test('a job from before a reboot is lost, and so is one whose process id was reused', async () => {
      const rebooted = await running('sleep 341');
      rewrite(rebooted, (words) => (words[2] = '00000000-0000-0000-0000-000000000000'));
      expect((await server.poll(rebooted)).fields).toMatchObject({ state: 'lost', detail: 'rebooted' });
      const recycled = await running('sleep 342');
      rewrite(recycled, (words) => (words[1] = String(Number(words[1]) - 5)));
      expect((await server.poll(recycled)).fields).toMatchObject({ state: 'lost', detail: 'killed' });
    });

    // busybox contains dmesg and all other programs.
    describe.skipIf(shell.startsWith('busybox'))('with fake programs (skipped where the shell brings its own)', () => {
      test.each([
        ['names it', 'oom', 'echo "Out of memory: Killed process $PID (sh)"'],
        ['is not readable', 'oom', 'exit 1'],
        ['names other processes', 'killed', 'echo "Out of memory: Killed process 999999999 (sh)"'],
      ])('if the kernel log %s after an OOM kill, the cause of a lost job is %s', async (_how, cause, log) =>
        scratch(async (fresh) => {
          await fresh.probe();
          const name = newJob();
          await fresh.start(name, 'sleep 343');
          const [pid, born, boot, since, , keep] = readFileSync(fresh.path(name, 'run'), 'utf8').split(' ');
          const dmesg = `#!/bin/sh\nPID=${pid}\n${log}\n`;
          writeFileSync(path.join(fresh.bin, 'dmesg'), dmesg, { mode: 0o755 });
          writeFileSync(fresh.path(name, 'run'), [pid, born, boot, since, '-1', keep].join(' '));
          process.kill(Number(pid), 'SIGKILL');
          const { fields } = await fresh.poll(name);
          await fresh.cancel(name);
          expect(fields).toMatchObject({ state: 'lost', detail: cause });
        })()
      );

      test(
        'a disk quota, which shows only on writing, is reported, and another folder is chosen',
        scratch(async (fresh) => {
          const over = `case $(readlink /proc/$$/fd/1) in ${fresh.varTmp}/*) echo "head: Disk quota exceeded" >&2; exit 1 ;; esac`;
          writeFileSync(path.join(fresh.bin, 'head'), `#!/bin/sh\n${over}\nexec /usr/bin/head "$@"\n`, {
            mode: 0o755,
          });
          expect((await fresh.probe())['base']).toContain(fresh.home);
          fresh.environment['HOME'] = '/nonexistent';
          expect((await fresh.probe())['tried']).toContain(`${fresh.varTmp} quota\n`);
          expect(readdirSync(fresh.varTmp)).toEqual([]);
        })
      );

      test(
        'the scripts of one shell check the path of a folder once, and that of another one as well',
        scratch(async (fresh) => {
          const finds = path.join(fresh.dir, 'finds');
          const note = `#!/bin/sh\necho "$2" >>${finds}\nexec /usr/bin/find "$@"\n`;
          writeFileSync(path.join(fresh.bin, 'find'), note, { mode: 0o755 });
          const bases = [(await fresh.probe())['base']!, (await fresh.probe(fresh.home))['base']!];
          writeFileSync(finds, '');
          const values = { JOB: 'a', GUARD: '', RUN: 'a', WAIT: 0, LENGTH: 1 };
          const probe = fresh.script('probe', { BASE: '', TRACES: 'none', NEED: 1 }, 'f');
          const polls = [0, 0, 1].map((index) => fresh.script('poll', { ...values, BASE: bases[index]! }, 'f'));
          let said = '';
          await fresh.run([...polls, probe, polls[0]!].join(''), (chunk) => (said += chunk.toString()));
          expect(said.match(/state=absent/g)).toHaveLength(4);
          expect(readFileSync(finds, 'utf8').trim().split('\n')).toEqual([...[fresh.varTmp, fresh.home, fresh.varTmp]]);
        })
      );

      test(
        'probe names the missing program',
        scratch(async (fresh) => {
          fresh.environment['PATH'] = path.join(fresh.dir, 'nothing');
          expect(await fresh.probe()).toEqual({ error: expect.stringMatching(/^no-\w+$/) });
        })
      );
    });

    test('binary output is returned byte for byte, up to the limit', async () => {
      const name = job();
      const nonce = 'f'.repeat(32);
      const command = `head -c 300000 /dev/urandom; printf '\\000\\001\\n@@${nonce} state=lost\\n'`;
      await server.start(name, command, { WAIT: 20 });
      const kept = readFileSync(server.path(name, 'out'));
      const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex');
      for (const LENGTH of [1 << 20, kept.length, kept.length - 1, 100_001, 1, 0]) {
        const { out } = await server.poll(name, { LENGTH });
        expect([LENGTH, hash(out)]).toEqual([LENGTH, hash(kept.subarray(0, LENGTH))]);
      }
    });

    test('the beginning and the end of too much output are kept, and the command ends normally', async () => {
      const name = job();
      const flood = 'head -c 5000000 /dev/zero; echo score: 80; exit 3';
      const { fields } = await server.start(name, flood, { WAIT: 20, LIMIT: 200_704, TAIL: 4096 });
      expect(fields).toMatchObject({ detail: expect.stringMatching(/^3\.ended/), cut: 'out', keep: '200704' });
      const [head, tail] = readFileSync(server.path(name, 'out'), 'latin1').split(`\n${CUT_MARK}\n`);
      expect([head!.length, tail!.length]).toEqual([200_704, 4096]);
      expect(tail!.endsWith('\0score: 80\n')).toBe(true);
    });

    test('exactly as much of an output is kept as is asked for, whatever its length', async () => {
      const kept = [
        { head: 0, tail: 4096 },
        { head: 4096, tail: 2048 },
        { head: 70_000, tail: 66_000 },
        { head: 100, tail: 0 },
      ];
      const lengths = [0, 12, 4096, 4097, 6144, 6145, 136_000, 136_001, 500_000];
      const jobs = kept.flatMap((keep) => lengths.map((length) => ({ keep, length, name: job() })));
      const numbered = (length: number): string =>
        `i=0; while [ $i -lt ${length} ]; do i=$((i + 1000)); printf '%1000d' $i; done | head -c ${length}`;
      for (const { keep, length, name } of jobs) {
        const values = { WAIT: 20, LIMIT: keep.head, TAIL: keep.tail, PARTS: 1 };
        await server.start(name, numbered(length), values);
        const whole = Array.from({ length: Math.ceil(length / 1000) }, (_, at) =>
          String((at + 1) * 1000).padStart(1000)
        );
        const expected = keptOutput(Buffer.from(whole.join('').slice(0, length)), keep, 'x');
        expect([keep, length, readFileSync(server.path(name, 'out')).equals(expected)]).toEqual([keep, length, true]);
      }
    });

    test('a command may write a file that is larger than its output limit', async () => {
      const name = job();
      const { out } = await server.start(name, 'head -c 300000 /dev/zero >file; ls -ln file', {
        WAIT: 20,
        LIMIT: 102_400,
      });
      expect(out.toString()).toContain(' 300000 ');
    });

    test('cleaning removes a job and all its parts, is refused while one runs, and touches no other job', async () => {
      const family = `family${newJob()}`;
      const [first, second, other] = [`${family}.cpu.1`, `${family}.cpu.2`, `${family}0`];
      for (const name of [first, other]) await server.start(name, 'echo done', { WAIT: 20 });
      await server.start(second, 'sleep 350');
      const refused = await server.clean(family);
      expect([refused.fields['running'], refused.out.toString()]).toEqual(['1', `${second}\n`]);
      expect(server.jobs(family).sort()).toEqual([first, second, other].sort());
      await server.cancel(second);
      expect((await server.clean(family)).fields).toMatchObject({ running: '0', outlen: '0' });
      expect(server.jobs(family)).toEqual([other]);
      expect((await server.start(`${family}.gpu.1`, 'sleep 351')).fields).toMatchObject({ detail: 'cleaned' });
      await server.clean(other);
    });

    test('waiting for a job leaves no file, neither in its folder nor in the current one', async () => {
      const name = await running('sleep 353');
      expect((await server.poll(name, { WAIT: 1 })).fields).toMatchObject({ state: 'running' });
      const notes = [...readdirSync('/'), ...readdirSync(server.path(name))].filter((file) =>
        file.startsWith('asleep')
      );
      expect(notes).toEqual([]);
    });

    test('output that a process still holds when the job ends is marked as held, and not as cut', async () => {
      const name = job();
      const holder = path.join(server.dir, `${name}.holder`);
      const held = `env -i "$(command -v setsid)" "$(command -v sleep)" 600 & echo $! >${holder}; echo score
        while tr '\\000' '\\n' </proc/$!/environ | grep -q FLEETMARK; do :; done # until it has dropped our marks`;
      try {
        expect((await server.start(name, held, { WAIT: 40 })).fields).toMatchObject({
          ...{ state: 'exited', cut: '', held: 'yes' },
        });
      } finally {
        process.kill(Number(readFileSync(holder, 'utf8')));
      }
    });

    test.skipIf(root)('cleaning removes files that a tool made read-only', async () => {
      const name = job();
      await server.start(name, 'mkdir d; touch d/x; chmod 555 d', { WAIT: 20 });
      expect((await server.clean(name)).fields).toMatchObject({ running: '0' });
      expect(server.jobs(name)).toEqual([]);
    });

    test(
      'a folder that others could replace is neither chosen nor used any longer',
      scratch(async (fresh) => {
        const open = path.join(fresh.dir, 'open');
        mkdirSync(open);
        const base = (await fresh.probe(open))['base'];
        expect(base).toContain(open);
        chmodSync(open, 0o777);
        expect((await fresh.poll('a')).fields).toMatchObject({ error: 'nobase' });
        expect((await fresh.start('a', 'true')).fields).toMatchObject({ error: 'nobase' });
        expect((await fresh.probe(open))['base']).toContain(fresh.varTmp);
      })
    );

    test.skipIf(shell.startsWith('busybox'))(
      'remaining processes that cannot be listed are unknown, not none',
      scratch(async (fresh) => {
        await fresh.probe();
        for (const program of ['grep', 'xargs'])
          writeFileSync(path.join(fresh.bin, program), '#!/bin/sh\nexit 126\n', { mode: 0o755 });
        expect((await fresh.cancel('a')).out.toString()).toBe('0 own unknown\n');
      })
    );

    test.skipIf(shell.startsWith('busybox'))(
      'processes are found even if there are too many for one command line',
      scratch(async (fresh) => {
        await fresh.probe();
        const grep = '#!/bin/sh\n[ $# -lt 10 ] || exit 126\nexec /usr/bin/grep "$@"\n';
        writeFileSync(path.join(fresh.bin, 'grep'), grep, { mode: 0o755 });
        const name = newJob();
        await fresh.start(name, 'setsid sleep 370 & sleep 371');
        expect((await fresh.cancel(name)).fields).toMatchObject({ outlen: '0' });
        expect(processesOf(name)).toEqual([]);
      })
    );

    describe('probe', () => {
      test(
        'chooses the given folder, else one outside HOME, and gives the same answer again',
        scratch(async (fresh) => {
          expect(await fresh.probe()).toMatchObject({ base: expect.stringContaining(`${fresh.varTmp}/.fleetmark.`) });
          expect(readdirSync(fresh.home)).toEqual([]);
          expect(await fresh.probe(fresh.home)).toMatchObject({
            base: expect.stringContaining(`${fresh.home}/.fleetmark.`),
          });
          expect(await fresh.probe(fresh.home)).toMatchObject({
            base: expect.stringContaining(`${fresh.home}/.fleetmark.`),
          });
        })
      );

      test(
        'skips a link planted by another user, and a missing HOME',
        scratch(async (fresh) => {
          const elsewhere = path.join(fresh.dir, 'elsewhere');
          mkdirSync(elsewhere);
          symlinkSync(elsewhere, path.join(fresh.varTmp, `.fleetmark.${process.getuid!()}`));
          expect(await fresh.probe()).toMatchObject({ base: expect.stringContaining(fresh.home) });
          fresh.environment['HOME'] = '/nonexistent';
          expect(await fresh.probe()).toEqual({
            error: 'nobase',
            tried: `${fresh.varTmp} foreign\n/nonexistent absent\n`,
          });
          expect(readdirSync(elsewhere)).toEqual([]);
        })
      );

      test(
        'keeps a folder that cannot take another job, so that its jobs can be cleaned',
        scratch(async (fresh) => {
          await fresh.probe();
          const { base, run } = fresh;
          fresh.run = (script, onData) => run.call(fresh, `ulimit -f 10\n${script}`, onData);
          expect(await fresh.probe()).toMatchObject({ error: 'nobase' });
          Object.assign(fresh, { base, run });
          expect((await fresh.clean('gone')).fields).toMatchObject({ running: '0' });
          expect(readdirSync(fresh.home)).toEqual([]);
        })
      );

      test(
        'removes tombstones and forgotten jobs after seven days, but no running job',
        scratch(async (fresh) => {
          await fresh.probe();
          const [old, young, alive] = [newJob(), newJob(), newJob()];
          await fresh.start(old, 'echo old', { WAIT: 20 });
          await fresh.start(young, 'echo young', { WAIT: 20 });
          await fresh.start(alive, 'sleep 360');
          await fresh.clean('gone');
          await fresh.hold('0', 'gone');
          const aWeekAgo = Date.now() / 1000 - 8.1 * 86_400;
          const temporaryFolders = fresh.temporaryFolders();
          mkdirSync(fresh.path('.t1.1')); // of a job whose folder was removed by hand
          for (const name of [old, alive, '.closed/gone', '.guards/0', '.t1.1', ...temporaryFolders])
            utimesSync(fresh.path(name), aWeekAgo, aWeekAgo);
          await fresh.probe();
          expect(fresh.jobs()).toHaveLength(3); // it looks once a day
          writeTried(fresh, (words) => (words[1] = String(Number(words[1]) - 24 * 3600 * 100)));
          await fresh.probe();
          expect(fresh.jobs().sort()).toEqual([young, alive].sort());
          expect(fresh.temporaryFolders()).toHaveLength(2);
          for (const folder of ['.closed', '.guards']) expect(readdirSync(fresh.path(folder))).toEqual([]);
          await fresh.cancel(alive);
        })
      );

      /** Changes what is known of the last trial of a folder: boot id, time, demand. */
      const writeTried = (fresh: LocalServer, change: (words: string[]) => void) => {
        const words = readFileSync(fresh.path('.tried'), 'utf8').trimEnd().split(' ');
        change(words);
        writeFileSync(fresh.path('.tried'), `${words.join(' ')}\n`);
      };

      test.each<[string, boolean, (words: string[]) => void]>([
        ['not again on the same day', false, () => {}],
        ['again after a day', true, (words) => (words[1] = String(Number(words[1]) - 24 * 3600 * 100))],
        ['again after a restart of the server', true, (words) => (words[0] = '00000000-0000-0000-0000-000000000000')],
        ['again if programs must run there, too', true, (words) => (words[2] = 'any')],
        ['again if the note about it is damaged', true, (words) => words.splice(0, 3)],
      ])('tries links and pipes %s', async (_when, isTried, change) =>
        scratch(async (fresh) => {
          const { base } = await fresh.probe();
          writeTried(fresh, change);
          chmodSync(fresh.base, 0o750); // a trial also repairs this
          expect(await fresh.probe()).toMatchObject({ base });
          expect(statSync(fresh.base).mode & 0o777).toBe(isTried ? 0o700 : 0o750);
        })()
      );

      test(
        'without traces reports the same folder and free space, and changes nothing',
        scratch(async (fresh) => {
          const everything = () =>
            ['', ...readdirSync(fresh.dir, { recursive: true, encoding: 'utf8' })].sort().map((name) => {
              const { mode, size, mtimeMs, ctimeMs } = lstatSync(path.join(fresh.dir, name));
              return { name, mode, size, mtimeMs, ctimeMs };
            });
          const before = everything();
          const looked = await fresh.probe('', 'none');
          expect(everything()).toEqual(before);
          const probed = await fresh.probe();
          expect(looked).toMatchObject({ base: probed['base'], boot: probed['boot'] });
          expect(Number(looked['free'])).toBeGreaterThan(0);

          const [done, aWeekAgo] = [newJob(), Date.now() / 1000 - 8.1 * 86_400];
          await fresh.start(done, 'echo done', { WAIT: 20 });
          utimesSync(fresh.path(done), aWeekAgo, aWeekAgo);
          chmodSync(fresh.base, 0o750);
          const used = everything();
          expect(await fresh.probe('', 'none')).toMatchObject({ base: probed['base'] });
          expect(everything()).toEqual(used);
          expect(statSync(fresh.base).mode & 0o777).toBe(0o750);
        })
      );

      test(
        'without traces skips unusable folders, too',
        scratch(async (fresh) => {
          symlinkSync(fresh.dir, path.join(fresh.varTmp, `.fleetmark.${process.getuid!()}`));
          expect(await fresh.probe('', 'none')).toMatchObject({ base: expect.stringContaining(fresh.home) });
          fresh.environment['HOME'] = '/nonexistent';
          expect(await fresh.probe('', 'none')).toMatchObject({ error: 'nobase' });
          expect(readdirSync(fresh.home)).toEqual([]);
        })
      );

      test(
        'resolves a folder that is a link, so that no link is followed later',
        scratch(async (fresh) => {
          const [real, link] = [path.join(fresh.dir, 'real'), path.join(fresh.dir, 'link')];
          mkdirSync(real, { mode: 0o700 });
          symlinkSync(real, link);
          for (const traces of ['none', 'folder'] as const)
            expect((await fresh.probe(link, traces))['base']).toContain(real);
        })
      );

      describe('in a folder that others could rename', () => {
        /** Makes a folder, changes one of its parents, and runs the script `probe`. */
        const refuses = (change: (above: string) => void, others = 0) =>
          scratch(async (fresh) => {
            const above = path.join(fresh.dir, 'above');
            const folder = path.join(above, 'folder');
            mkdirSync(folder, { recursive: true, mode: 0o700 });
            const { base } = await fresh.probe(folder);
            expect(base).toContain(`${folder}/.fleetmark.`);
            change(above);
            for (const traces of ['none', 'folder'] as const) {
              const fallback = (await fresh.probe(folder, traces))['base'];
              expect(fallback?.startsWith(others === 0 ? fresh.varTmp : folder)).toBe(true);
            }
            fresh.base = base!;
            const { fields } = await fresh.start(newJob(), 'true', { WAIT: 20 });
            if (others === 0) expect(fields).toMatchObject({ error: 'nobase' });
            else expect(fields).toMatchObject({ state: 'exited' });
          });

        test(
          'skips it if a parent is writable for its group',
          refuses((above) => chmodSync(above, 0o770))
        );
        test(
          'skips it if a parent is writable for all',
          refuses((above) => chmodSync(above, 0o707))
        );
        test.skipIf(!root)(
          'skips it if a parent belongs to another user',
          refuses((above) => chownSync(above, 12345, 0))
        );
        test.skipIf(!root)(
          'skips it if a sticky parent belongs to another user, who may rename everything in it',
          refuses((above) => {
            chmodSync(above, 0o1777);
            chownSync(above, 12345, 0);
          })
        );
        test(
          'accepts it below a sticky parent of its own user or of root',
          refuses((above) => chmodSync(above, 0o1777), 1)
        );
      });

      describe.skipIf(!root)('with its own file system (skipped where mount needs another user)', () => {
        const mounted = (options: string, use: (fresh: LocalServer) => Promise<void>) =>
          scratch(async (fresh) => {
            execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', fresh.varTmp]);
            try {
              await use(fresh);
            } finally {
              for (const name of fresh.base === '' ? [] : fresh.jobs()) await fresh.cancel(name);
              execFileSync('umount', ['-l', fresh.varTmp]);
            }
          });

        test(
          'skips a read-only folder',
          mounted('ro', async (fresh) => {
            expect(await fresh.probe('', 'none')).toMatchObject({ base: expect.stringContaining(fresh.home) });
            expect(await fresh.probe()).toMatchObject({ base: expect.stringContaining(fresh.home) });
          })
        );

        test(
          'skips a full folder',
          mounted('size=64k', async (fresh) => {
            writeFileSync(path.join(fresh.varTmp, 'filler'), Buffer.alloc(60_000));
            expect(await fresh.probe('', 'none')).toMatchObject({ base: expect.stringContaining(fresh.home) });
            expect(await fresh.probe()).toMatchObject({ base: expect.stringContaining(fresh.home) });
            expect(readdirSync(fresh.varTmp)).toEqual(['filler']);
          })
        );

        test.each([
          ['size=300k', /^space:(300|29\d):1024$/],
          ['size=8m,nr_inodes=50', /^files:4\d:100$/],
          ['ro', /^readonly$/],
        ])('skips a file system with %s, in a check as in a run, and says what it lacks', (options, lack) =>
          mounted(options, async (fresh) => {
            for (const traces of ['none', 'folder'] as const) {
              fresh.environment['HOME'] = fresh.home;
              expect((await fresh.probe('', traces, 1024))['base']).toContain(fresh.home);
              fresh.environment['HOME'] = '/nonexistent';
              const { tried = '' } = await fresh.probe('', traces, 1024);
              const lines = tried.trimEnd().split('\n');
              expect(lines).toEqual([expect.stringContaining(`${fresh.varTmp} `), '/nonexistent absent']);
              expect(lines[0]!.split(' ').at(-1)).toMatch(lack);
            }
            expect(readdirSync(fresh.varTmp)).toEqual([]);
          })()
        );

        test(
          'prefers a folder where compiled programs can run, and uses another one if there is none',
          mounted('noexec', async (fresh) => {
            expect(await fresh.probe('', 'none')).toMatchObject({ base: expect.stringContaining(fresh.home) });
            expect(await fresh.probe()).toMatchObject({ base: expect.stringContaining(fresh.home) });
            fresh.environment['HOME'] = '/nonexistent';
            expect(await fresh.probe('', 'none')).toMatchObject({ base: expect.stringContaining(fresh.varTmp) });
            expect(await fresh.probe()).toMatchObject({ base: expect.stringContaining(fresh.varTmp) });
          })
        );

        test(
          'a job that fills the disk ends with its own status and says so, and can be cancelled and cleaned',
          mounted('size=2m', async (fresh) => {
            await fresh.probe();
            const [full, refused, early] = [newJob(), newJob(), newJob()];
            await fresh.start(full, 'head -c 4000000 /dev/zero >file; exit 5', { WAIT: 20, LIMIT: 1 << 20 });
            expect((await fresh.poll(full)).fields['detail']).toMatch(/^5\.ended\.\d+\.full$/);
            expect((await fresh.start(refused, 'echo no')).fields).toMatchObject({
              error: 'nospace',
              folder: fresh.base,
              wrong: expect.stringMatching(/^space:\d+:100$/),
            });
            expect((await fresh.cancel(early)).fields).toMatchObject({ outlen: '0' });
            expect((await fresh.clean(full)).fields).toMatchObject({ running: '0' });
            expect((await fresh.start(early, 'echo no')).fields).toMatchObject({ detail: 'unstarted' });
            await fresh.clean(early);
            await fresh.clean(refused);
            expect(fresh.jobs()).toEqual([]);
          })
        );

        test(
          'output is limited to a quarter of the free space',
          mounted('size=2m', async (fresh) => {
            await fresh.probe();
            const name = newJob();
            const { fields } = await fresh.start(name, 'head -c 4000000 /dev/zero', { WAIT: 20, LIMIT: 1 << 30 });
            expect(fields).toMatchObject({ cut: 'out', detail: expect.stringMatching(/^0\.ended\.\d+\.enough$/) });
            expect(Number(fields['out'])).toBeLessThan(700_000);
            await fresh.clean(name);
          })
        );
      });
    });
  });
});
