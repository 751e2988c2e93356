import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, SshSettings } from '../../domain/servers/server.ts';
import type { Logger } from '../../logging/logger.ts';
import { isMissing, whyUnreadable } from '../../source/file-errors.ts';
import { parsedFiles } from '../../source/parsed-file.ts';
import { hostKeyVerifier, type HostKeyVerifier, type RecordHostKey } from './host-key-verifier.ts';
import { indexKnownHosts, parseKnownHosts, type KnownHosts } from './known-hosts.ts';
import { newHostKeys } from './new-host-keys.ts';
import { fingerprint, unusableFile } from './verify-host-key.ts';

/**
 * Verifies host keys with known_hosts files, each read again when it changes, and adds new keys of `accept-new` to the
 * first. Rejects with `InvalidConfig`.
 */
export function hostKeyVerifiers(): (hop: Hop, settings: SshSettings, log: Logger) => Promise<HostKeyVerifier> {
  const read = knownHostsReader();
  const add = newHostKeys();
  return async (hop, settings, log) => {
    const { host, port } = hop;
    const [file] = settings.knownHostsFiles;
    const record: RecordHostKey = async (name, type, key) => {
      if (file === undefined) throw new Failure('InvalidConfig', `accept-new cannot add a host key${unusableFile([])}`);
      const outcome = await add(file, { name, type, key });
      if (outcome === 'added') {
        const facts = { host, port, hostKey: fingerprint(key), file };
        log.warn(facts, 'this host key was not known; it is trusted from now on');
      }
      return typeof outcome === 'object' ? outcome : null;
    };
    return hostKeyVerifier(hop, await read(settings.knownHostsFiles), settings, record);
  };
}

/** A file that does not exist has no entries. */
export function knownHostsReader(): (files: readonly string[]) => Promise<KnownHosts> {
  const read = parsedFiles((content, file) => indexKnownHosts(parseKnownHosts(content.toString('latin1'), file)));
  const entriesOf = (file: string) =>
    read(file).catch((error: unknown) => {
      if (isMissing(error)) return indexKnownHosts([]);
      if (error instanceof Failure) throw error;
      throw new Failure('InvalidConfig', `the known_hosts file ${file} ${whyUnreadable(error)}`, { cause: error });
    });
  return async (files) => {
    const known = await Promise.all(files.map(entriesOf));
    return { find: (name) => known.flatMap((each) => each.find(name)) };
  };
}
