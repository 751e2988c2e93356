import type { ConnectionPart } from './server.ts';

/** How a server is reached, for a listing; null: nothing is said, or it is left to ssh. */
export interface ListedConnection {
  user: string | null;
  port: number | null;
  /** Private key file; null: what the ssh-agent holds. */
  key: string | null;
  /** `bench@bastion:2222`, several with commas between them; null: directly. */
  jump: string | null;
  /** Where each is written: `group_vars/all.yml:2`, `ansible.cfg:5`, `fleetmark.yaml`, `ssh config`, `default`. */
  from: Record<ConnectionPart, string>;
  /** Why it cannot be reached like that. */
  problem: string | null;
}
