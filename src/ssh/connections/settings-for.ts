import type { Hop, SshSettings } from '../../domain/servers/server.ts';

/** The settings that count for one hop: it may have known_hosts files and an ssh-agent of its own. */
export function settingsFor({ knownHostsFiles, agentSocket }: Hop, settings: SshSettings): SshSettings {
  return {
    ...settings,
    knownHostsFiles: knownHostsFiles ?? settings.knownHostsFiles,
    agentSocket: agentSocket === false ? null : (agentSocket ?? settings.agentSocket),
  };
}
