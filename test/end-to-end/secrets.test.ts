import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { readHistories, type HistoryTexts } from './histories.ts';
import { startUp } from './up.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

describe.skipIf(skipsWithout())('secrets of the worker', () => {
  let fleet: Fleet;
  let histories: HistoryTexts[];
  let printed: string;
  let log: string;
  const commandWord = 'only-the-worker-knows-this-command';
  const user = 'only-the-worker-knows-this-user';
  const passphrase = 'only-the-worker-knows-this-passphrase';
  const password = 'unused-password-of-an-inventory';
  beforeAll(async () => {
    fleet = await startFleet(4);
    const { port } = fleet.sshd;
    copyFileSync(fleet.sshd.keyFile, fleet.file('locked'));
    execFileSync('ssh-keygen', ['-q', '-p', '-a', '4', '-P', '', '-N', passphrase, '-f', fleet.file('locked')]);
    writeFileSync(fleet.file('passphrase'), `${passphrase}\n`, { mode: 0o600 });
    fleet.configure({
      ssh: { key: fleet.file('locked'), passphrase: { file: 'passphrase' }, agent: false },
      benchmarks: { cpu: scoreCommand(`: ${commandWord}; echo score: 80`) },
      expect: { 'cpu.score': { min: 90 } },
    });
    const { servers: _, ...others } = JSON.parse(readFileSync(fleet.file('fleetmark.yaml'), 'utf8')) as object & {
      servers: object;
    };
    writeFileSync(fleet.file('fleetmark.yaml'), JSON.stringify({ ...others, inventory: 'hosts.ini' }));
    const lines = [
      ...fleet.serverIds.map((id) => `${id} ansible_host=${fleet.addressOf(id)}`),
      `unreachable ansible_host=127.0.1.99 ansible_ssh_pass='${password}'`,
      `[all:vars]\nansible_port=${port}\nansible_password=${password}\nansible_become_pass=${password}\n`,
    ];
    writeFileSync(fleet.file('hosts.ini'), lines.join('\n').replace(/^web-4 .*/m, `$& ansible_user=${user}`));
    const up = await startUp(fleet);
    try {
      const { report, stdout, stderr } = await fleet.run();
      expect(report.counts).toMatchObject({ fail: 3, error: 2 });
      printed = stdout + stderr;
      histories = await readHistories(up.client);
    } finally {
      await up.stop();
    }
    log = readFileSync(fleet.file('state/fleetmark.log'), 'utf8');
  });
  afterAll(async () => fleet?.stop());

  test('all outputs are searched: the histories of the run and of each server, the log, the report', () => {
    const ids = histories.map(({ workflowId }) => workflowId).sort();
    const servers = ['unreachable', 'web-1', 'web-2', 'web-3', 'web-4'].map((serverId) => `server/${serverId}`);
    expect(ids).toEqual([expect.stringMatching(/^fleet-/), ...servers]);
    for (const { all, inputs, workflowId } of histories) {
      expect(inputs.join(), workflowId).toContain('server');
      expect(all.join(), workflowId).toContain('verdict');
    }
    expect(log).toContain('Handshake completed');
    expect(printed).toContain('cpu.score 80 of >= 90 points');
  });

  test('the private key, encrypted or not, its passphrase, and inventory passwords are in no history, log or report', () => {
    const files = [fleet.sshd.keyFile, fleet.file('locked')];
    const pem = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
    const secret = pem.filter((line) => line !== '' && !line.startsWith('-----'));
    expect(secret.length).toBeGreaterThan(3);
    for (const text of [log, printed, ...histories.flatMap(({ all }) => all)]) {
      expect(text).not.toContain('PRIVATE KEY');
      expect(text).not.toContain(passphrase);
      expect(text).not.toContain(password);
      for (const line of secret) expect(text).not.toContain(line);
    }
  });

  test('workflow inputs contain no address, user or command', () => {
    const inputs = histories.flatMap((history) => history.inputs).join('\n');
    for (const address of ['127.0.', String(fleet.sshd.port), user, commandWord, fleet.sshd.keyFile]) {
      expect(inputs).not.toContain(address);
    }
  });

  test('commands are in no history', () => {
    expect(histories.flatMap(({ all }) => all).filter((text) => text.includes(commandWord))).toEqual([]);
  });
});
