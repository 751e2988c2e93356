import { shortList } from '../../domain/values/short-list.ts';
import { readConnection, type WrongSetting } from './ansible-connection.ts';
import {
  fact,
  type OutsideVariables,
  type PlacedMistake,
  type Setting,
  type SharedVariables,
  type Variables,
} from './ansible-variables.ts';

/** Reads the connections of the hosts of an inventory, and collects the mistakes in their variables, each one once. */
export class HostReader {
  readonly #outside: OutsideVariables;
  readonly #wrong = new Map<Setting, Map<string, string[]>>();
  readonly #ofFiles = new Set<PlacedMistake>();

  constructor(outside: OutsideVariables) {
    this.#outside = outside;
  }

  /**
   * The variables that hosts in the same groups share: of ansible.cfg, of their groups in the inventory, of `group_vars`.
   * @param groups without `all`; the last one overrides the others
   */
  shared(groups: readonly string[], ofInventory: readonly Variables[]): SharedVariables {
    const { configured, folders } = this.#outside;
    const ofFiles = [['all'], groups].flatMap((names) =>
      folders.flatMap((folder) => names.flatMap((name) => folder.groups.get(name) ?? []))
    );
    return {
      variables: merged([configured, ...ofInventory, ...ofFiles.map(({ variables }) => variables)]),
      mistakes: ofFiles.flatMap(({ mistakes }) => mistakes),
    };
  }

  /** @param own variables of the host in the inventory */
  read(name: string, shared: SharedVariables, own: Variables): ReturnType<typeof readConnection> {
    const { folders, facts } = this.#outside;
    const ofFiles = folders.flatMap(({ hosts }) => hosts.get(name) ?? []);
    const layers = [shared.variables, own, ...ofFiles.map(({ variables }) => variables), facts];
    const found = readConnection(merged([...layers, factsOf(name)]));
    if ('skip' in found) return found;
    for (const each of found.wrong) this.#note(each, name);
    for (const mistake of [...shared.mistakes, ...ofFiles.flatMap(({ mistakes }) => mistakes)]) {
      this.#ofFiles.add(mistake);
    }
    return found;
  }

  mistakes(): PlacedMistake[] {
    const ofSettings = [...this.#wrong].flatMap(([{ place, value }, messages]) =>
      [...messages].map(([message, names]) => {
        const mistake = { place, message: `${shortList(names, 1)}: ${message}` };
        // The value is ambiguous: only Ansible knows how it reads it.
        return typeof value === 'symbol' ? { ...mistake, needsAnsible: true as const } : mistake;
      })
    );
    return [...ofSettings, ...this.#ofFiles];
  }

  #note({ setting, message }: WrongSetting, name: string): void {
    const messages = this.#wrong.get(setting) ?? new Map<string, string[]>();
    const names = messages.get(message) ?? [];
    names.push(name);
    this.#wrong.set(setting, messages.set(message, names));
  }
}

/** The last layer overrides the others. */
function merged(layers: readonly Variables[]): Variables {
  return new Map(layers.flatMap((variables) => [...variables]));
}

function factsOf(host: string): Variables {
  return new Map([fact('inventory_hostname', host), fact('inventory_hostname_short', host.split('.')[0]!)]);
}
