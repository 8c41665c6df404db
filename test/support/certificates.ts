import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { programPath } from './program.js';

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

interface Wish {
  /** The common name. */
  readonly name: string;
  /** As openssl writes them: `DNS:db.example`, `IP:127.0.0.1`. */
  readonly hosts?: readonly string[];
  /** Of validity from now on; negative: expired. */
  readonly days?: number;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority of its own, whose files lie in `folder`. */
export class Authority {
  readonly cert: string;
  readonly #key: string;
  readonly #folder: string;
  #issued = 0;

  constructor(folder: string) {
    this.#folder = folder;
    ({ cert: this.cert, key: this.#key } = selfSigned(folder, { name: `authority of ${basename(folder)}` }));
  }

  issue({ name, hosts = [], days = 1 }: Wish): Certificate {
    this.#issued += 1;
    const file = (end: string) => join(this.#folder, `issued-${this.#issued}.${end}`);
    openssl('req', '-new', ...KEY, '-keyout', file('key'), '-out', file('csr'), '-subj', `/CN=${name}`);
    writeFileSync(file('ext'), hosts.length > 0 ? `subjectAltName=${hosts.join(',')}` : '');
    const by = ['-CA', this.cert, '-CAkey', this.#key, '-CAcreateserial', '-extfile', file('ext')];
    openssl('x509', '-req', '-in', file('csr'), ...by, '-days', String(days), '-out', file('pem'));
    return { cert: file('pem'), key: file('key') };
  }
}

export function selfSigned(folder: string, { name, hosts = [], days = 1 }: Wish): Certificate {
  const [cert, key] = [join(folder, 'self-signed.pem'), join(folder, 'self-signed.key')];
  const names = hosts.length > 0 ? ['-addext', `subjectAltName=${hosts.join(',')}`] : [];
  const out = ['-keyout', key, '-out', cert, '-subj', `/CN=${name}`, '-days', String(days)];
  openssl('req', '-x509', ...KEY, ...out, ...names);
  return { cert, key };
}

function openssl(...args: readonly string[]): void {
  execFileSync(programPath('openssl'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
