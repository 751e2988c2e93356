import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/**
 * What the tests measure with and connect to: a real sshd, sysbench, clpeak, and PoCL as its device; the shells of other
 * people's servers, with the judge of our scripts for them; the browser that attacks the Web UI; and
 * the database of results, and what reads metrics.
 */
const packages = [
  'openssh-server',
  'sysbench',
  'clpeak',
  'clinfo',
  'pocl-opencl-icd',
  'busybox-static',
  'fish',
  'zsh',
  'shellcheck',
  'openssl',
  'chromium',
  'postgresql',
  'prometheus',
];

/**
 * Installs those that are missing with apt-get, as root on Debian only; elsewhere what needs them is skipped.
 * FLEETMARK_NO_APT=1 refuses it. Says on stderr what it does, and returns the packages that are still missing.
 * @param policyFile what invoke-rc.d asks before it starts a service, 101 meaning no: nobody wants an sshd on port 22
 *   from a test. Put there for as long as it takes, unless the machine has one of its own.
 * @param wanted all of ours, if not given
 */
export function installPackages(policyFile = '/usr/sbin/policy-rc.d', wanted = packages) {
  if (!existsSync('/etc/debian_version')) return [];
  const missing = missingPackages(wanted);
  if (missing.length === 0) return [];
  const names = missing.join(' ');
  if (process.env.FLEETMARK_NO_APT === '1') {
    console.error(`Not installing ${names}: FLEETMARK_NO_APT=1. What needs them is skipped.`);
    return missing;
  }
  if (process.getuid?.() !== 0) {
    console.error(`Not installing ${names}: that needs root. What needs them is skipped; install them with apt-get.`);
    return missing;
  }
  console.error(`Installing ${names} with apt-get, no service is started. FLEETMARK_NO_APT=1 refuses this.`);
  const ours = !existsSync(policyFile);
  const remove = () => ours && rmSync(policyFile, { force: true });
  const interrupted = () => (remove(), process.exit(130));
  if (ours) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  process.once('SIGINT', interrupted);
  try {
    if (!aptInstall(missing)) aptInstall(missing);
  } finally {
    remove();
    process.off('SIGINT', interrupted);
  }
  const left = missingPackages(wanted);
  if (left.length > 0) console.error(`apt-get did not install ${left.join(' ')}.`);
  return left;
}

function missingPackages(wanted) {
  return wanted.filter((name) => {
    const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
    return query.stdout !== 'installed';
  });
}

function aptInstall(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2] }).status === 0;
  return apt('-q', 'update') && apt('-q', '-y', '--no-install-recommends', 'install', ...names);
}
