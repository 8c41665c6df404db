import type { Policy, Principal } from '../domain/policy/policy.js';
import type { GrantTerms } from '../domain/request/grant-terms.js';

/** A machine that leads into the target's network. */
export interface Bastion {
  /** As the configuration calls it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** SHA-256 fingerprint of its host key, as `ssh-keygen -l` prints it: `SHA256:` and base64 without padding. */
  readonly hostKey: string;
  readonly login:
    | { readonly how: 'key'; readonly file: string; readonly passphrase: string | null }
    | { readonly how: 'password'; readonly password: string }
    /** The path of the agent's socket. */
    | { readonly how: 'agent'; readonly socket: string };
}

/** How to reach one server, with `url` and the single fields merged. */
export interface Connect {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | null;
  /** Read at each connect, so that a rotated password needs no restart. */
  readonly passwordFile: string | null;
  /** `verify-ca` accepts another host name in the certificate, `require` any certificate. */
  readonly tls: 'verify-full' | 'verify-ca' | 'require' | 'off';
  /** Paths of PEM files, read at each connect: a private authority, a client certificate and its key. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** A token of AWS IAM instead of a password, a new one for each connection. */
  readonly iam: { readonly region: string; readonly assumeRole: string | null } | null;
  readonly ssh: Bastion | null;
}

/** Who runs the server: what its administrators can do, and how the setup differs. */
export type Kind = 'self-managed' | 'rds' | 'aurora' | 'cloud-sql' | 'azure' | 'neon' | 'supabase';

/** Offers every matching role of the server that Hallpass can grant and that is safe. */
export interface Discover {
  /** A role's name in which `*` stands for any characters. */
  readonly match: string;
  /** The settings of a role that is found; its `role` and `about` are its own. */
  readonly like: RoleConfig;
}

/** Where an effective value was written, for `hallpass config TARGET/ROLE`. */
export interface Origin {
  readonly key: string;
  /** As people read it; never a secret. */
  readonly value: string;
  /** null when it is Hallpass's own default. */
  readonly file: string | null;
  readonly line: number | null;
}

export interface RoleConfig {
  readonly role: string;
  readonly about: string | null;
  /** The Slack channel of this role's cards. */
  readonly channel: string;
  readonly policy: Policy;
  readonly terms: GrantTerms;
  readonly origins: readonly Origin[];
}

export interface TargetConfig {
  /** The short name, typed in commands. */
  readonly key: string;
  readonly name: string;
  readonly environment: string | null;
  /** false: nothing new is granted here; what was granted is still revoked. */
  readonly grant: boolean;
  /** `guarded`: functions that `hallpass setup-sql` installs hold the ADMIN OPTION and the expiry. */
  readonly mode: 'direct' | 'guarded';
  readonly kind: Kind;
  readonly connect: Connect;
  /** Its standbys: a role is proved revoked and its sessions are ended there too. */
  readonly replicas: readonly Connect[];
  /** What to do with memberships granted by our own login that no ledger explains. */
  readonly orphans: 'report' | 'revoke';
  readonly discover: readonly Discover[];
  /** Exceptions to `people` for this target, by Slack user id: a login, or null for none. */
  readonly people: ReadonlyMap<string, string | null>;
  /** How a login follows from a confirmed e-mail address; null when switched off. */
  readonly emailRule: { readonly pattern: string; readonly domains: readonly string[] } | null;
  readonly roles: ReadonlyMap<string, RoleConfig>;
}

export interface PersonConfig {
  readonly login: string | null;
  readonly pagerduty: string | null;
}

/** How much one person may request. */
export interface LimitsConfig {
  readonly pendingPerPerson: number;
  readonly requestsPerMinute: number;
  readonly origins: readonly Origin[];
}

/** The whole configuration, checked. Its only secrets are the passwords and passphrases of connections and bastions. */
export interface Config {
  /** SHA-256 (hex) of the effective configuration without secrets; kept with each decision. */
  readonly hash: string;
  readonly slack: {
    readonly command: string;
    readonly channel: string;
    readonly operatorsChannel: string;
  };
  readonly operators: readonly Principal[];
  readonly limits: LimitsConfig;
  readonly people: ReadonlyMap<string, PersonConfig>;
  readonly targets: ReadonlyMap<string, TargetConfig>;
}
