import type { Policy, Principal } from '../domain/policy.js';

/** How to reach one target. `url` and the single fields are already merged. */
export interface Connect {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | null;
  /** Read anew at each connect, so that a rotated password needs no restart. */
  readonly passwordFile: string | null;
  /** `verify-ca` accepts another host name in the certificate, `require` any certificate. */
  readonly tls: 'verify-full' | 'verify-ca' | 'require' | 'off';
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
  readonly origins: readonly Origin[];
}

export interface TargetConfig {
  /** The short name, typed in commands. */
  readonly key: string;
  readonly name: string;
  readonly environment: string | null;
  /** false: nothing new is lent here; what is out is still taken back. */
  readonly lend: boolean;
  readonly connect: Connect;
  /** Exceptions to `people` for this target: a login, or null for "may not". By Slack user id. */
  readonly people: ReadonlyMap<string, string | null>;
  /** How a login follows from a confirmed e-mail address; null when switched off. */
  readonly emailRule: { readonly pattern: string; readonly domains: readonly string[] } | null;
  readonly roles: ReadonlyMap<string, RoleConfig>;
}

export interface PersonConfig {
  readonly login: string | null;
  readonly pagerduty: string | null;
}

/** The whole configuration file, typed, complete and checked; nothing in it is secret but `connect.password`. */
export interface Config {
  /** SHA-256 (hex) of the effective configuration without secrets; kept with each decision. */
  readonly hash: string;
  readonly slack: {
    readonly command: string;
    readonly channel: string;
    readonly operatorsChannel: string;
  };
  readonly operators: readonly Principal[];
  readonly people: ReadonlyMap<string, PersonConfig>;
  readonly targets: ReadonlyMap<string, TargetConfig>;
}
