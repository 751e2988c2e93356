/** Certificates for tests of TLS. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  crt: string;
  key: string;
}

/** Makes certificates with openssl in a folder. */
export class Authority {
  readonly #folder: string;
  readonly file: string;

  constructor(folder: string, name = 'ca') {
    this.#folder = folder;
    this.file = join(folder, `${name}.crt`);
    const subject = ['-subj', `/CN=${name}`, '-days', '2'];
    this.#openssl(['req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.crt`, ...subject]);
  }

  /** @param host the host name; null: X.509 version 1, which has none */
  issue(name: string, host: string | null, days = 2): Certificate {
    const signer = this.file.replace(/\.crt$/, '');
    this.#openssl(['req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`]);
    const extensions = host === null ? [] : ['-extfile', `${name}.ext`];
    if (host !== null) writeFileSync(join(this.#folder, `${name}.ext`), `subjectAltName=${host}\n`);
    const by = ['-CA', `${signer}.crt`, '-CAkey', `${signer}.key`, '-CAcreateserial', '-days', String(days)];
    this.#openssl(['x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...by, ...extensions]);
    return { crt: join(this.#folder, `${name}.crt`), key: join(this.#folder, `${name}.key`) };
  }

  #openssl(args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export function pem(file: string): Buffer {
  return readFileSync(file);
}
