import { Failure } from '../domain/failures/failure.ts';

const TODO =
  'create it with the line "inventory: hosts.txt", and a hosts.txt beside it with one host per line, ' +
  'or use --inventory hosts.txt';

/** There is no configuration file. */
export class MissingConfiguration extends Failure {
  /** `fleetmark.yaml does not exist in /home/me` */
  readonly what: string;

  constructor(what: string) {
    super('InvalidConfig', `${what}; ${TODO}.`);
    this.what = what;
  }
}
