/** The crash points on one request's way, in order, and how things stand while no Hallpass runs. */
import type { Login, Role } from '../support/access.js';

export interface Crash {
  readonly point: string;
  /** What leads there. */
  readonly after: 'approval' | 'relinquish' | 'expiry';
  readonly on: 'shop' | 'vault';
  /** After the kill: the state in the ledger, and whether the person has the role. */
  readonly state: 'pending' | 'granting' | 'active' | 'ending';
  readonly has: boolean;
}

/** On a guarded target COMMIT is sent from other lines; everything else is the same. */
const SHOP: readonly Omit<Crash, 'on'>[] = [
  { point: 'after-click-before-ledger', after: 'approval', state: 'pending', has: false },
  { point: 'after-ledger-before-answer', after: 'approval', state: 'granting', has: false },
  { point: 'after-ledger-before-grant', after: 'approval', state: 'granting', has: false },
  { point: 'after-intend-before-grant', after: 'approval', state: 'granting', has: false },
  { point: 'before-grant-commit', after: 'approval', state: 'granting', has: false },
  { point: 'inside-grant-commit', after: 'approval', state: 'granting', has: true },
  { point: 'after-grant-before-active', after: 'approval', state: 'granting', has: true },
  { point: 'before-alarm', after: 'approval', state: 'active', has: true },
  { point: 'after-alarm', after: 'approval', state: 'active', has: true },
  { point: 'after-click-before-ledger', after: 'relinquish', state: 'active', has: true },
  { point: 'after-ledger-before-answer', after: 'relinquish', state: 'ending', has: true },
  { point: 'before-revoke', after: 'relinquish', state: 'ending', has: true },
  { point: 'before-revoke-commit', after: 'relinquish', state: 'ending', has: true },
  { point: 'inside-revoke-commit', after: 'relinquish', state: 'ending', has: false },
  { point: 'after-revoke-before-sessions', after: 'relinquish', state: 'ending', has: false },
  { point: 'after-sessions-before-ended', after: 'relinquish', state: 'ending', has: false },
  { point: 'after-ring-before-sweep', after: 'expiry', state: 'active', has: true },
  { point: 'inside-revoke-commit', after: 'expiry', state: 'active', has: false },
];

const VAULT: readonly Omit<Crash, 'on'>[] = [
  { point: 'after-intend-before-grant', after: 'approval', state: 'granting', has: false },
  { point: 'inside-guarded-grant-commit', after: 'approval', state: 'granting', has: true },
  { point: 'after-grant-before-active', after: 'approval', state: 'granting', has: true },
  { point: 'before-revoke', after: 'relinquish', state: 'ending', has: true },
  { point: 'inside-guarded-revoke-commit', after: 'relinquish', state: 'ending', has: false },
  { point: 'after-revoke-before-sessions', after: 'relinquish', state: 'ending', has: false },
  { point: 'after-sessions-before-ended', after: 'relinquish', state: 'ending', has: false },
];

export const WAY: readonly Crash[] = [
  ...SHOP.map((crash) => ({ ...crash, on: 'shop' as const })),
  ...VAULT.map((crash) => ({ ...crash, on: 'vault' as const })),
];

const PAIRS: readonly (readonly [Login, Role])[] = [
  ['ana', 'orders_read'],
  ['ben', 'orders_read'],
  ['dan', 'payments_read'],
];

/** Who obtains which role, varied by crash point. Only Ana has a login on the vault. */
export function whoAndWhat({ point, on }: Crash): readonly [Login, Role] {
  return on === 'vault'
    ? ['ana', 'vault_read']
    : (PAIRS[point.length % PAIRS.length] ?? ['ana', 'orders_read']);
}
