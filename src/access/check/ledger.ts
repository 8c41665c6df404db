import { z } from 'zod';
import type { Config } from '../../config/config.js';
import type { OwnLogin } from '../../connections/own-login.js';
import { asHallpassError, type HallpassError } from '../../errors.js';
import { readInstallation } from '../../ledger/installation.js';
import { readHomes } from '../../ledger/messages/homes.js';
import type { Queryable } from '../../ledger/pool.js';
import { closeSql, type DatabaseRights, readDatabaseRights } from '../../ledger/schema/database-rights.js';
import { readOwnLogin } from '../../ledger/schema/own-login.js';
import { readLedgerOwner } from '../../ledger/schema/owner.js';
import { assertReadable } from '../../ledger/schema/readable.js';
import { shutWarning, undecidableWarning } from '../../surfaces/operators/shut-places.js';
import { refuseLostTargets } from '../recovery/lost-targets.js';
import { readWaiting } from '../telling/shut-places.js';
import { type Finding, failed, failure, note, ok } from './finding.js';
import { describeOwnLogin } from './own-login.js';

/** A process opens two pools of ten, and BullMQ's connections without Redis; its start uses about ten at once. */
const CONNECTIONS = { least: 10, most: 24 };
/** A migration holds its lock on a second one; a third is BullMQ's. */
const TO_MIGRATE = { least: 2, most: 3 };

/** The ledger as `check` uses it. Targets are checked without it, too. */
export type LedgerView =
  | {
      readonly db: Queryable;
      /** How far its clock is ahead of this process's, milliseconds. */
      readonly aheadMs: number;
      readonly rights: DatabaseRights;
      readonly own: OwnLogin;
      /** As `readInstallation`. */
      readonly installation: string;
    }
  | { readonly why: 'refused'; readonly error: HallpassError }
  /** DATABASE_URL is wrong or missing; it answers, and has no tables yet, or those of an older release. */
  | { readonly why: 'no url' | 'behind' };

/** Never throws. */
export async function viewLedger(db: Queryable): Promise<LedgerView> {
  try {
    // Connects too, so that the question about the clock takes one round trip.
    await assertReadable(db, 'check');
    const before = Date.now();
    const { rows } = await db.query('select clock_timestamp() as now');
    const [row] = z.array(z.object({ now: z.date() })).parse(rows);
    if (row === undefined) throw new Error('the ledger did not say what time it is');
    return {
      db,
      aheadMs: row.now.getTime() - (before + Date.now()) / 2,
      rights: await readDatabaseRights(db),
      own: await readOwnLogin(db),
      installation: await readInstallation(db),
    };
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
    // An unknown table or column.
    if (code === '42P01' || code === '42703') return { why: 'behind' };
    return { why: 'refused', error: asHallpassError(thrown) };
  }
}

/** Everything about the ledger but what it knows of single targets. Never throws. */
export async function checkLedger(
  view: LedgerView,
  config: Pick<Config, 'targets'>,
): Promise<readonly Finding[]> {
  if (!('db' in view)) return describeUnread(view);
  const { db, own } = view;
  return [
    describeLedger(view),
    ...(await refuseLostTargets(db, config).then(() => [], describeLost)),
    ...(await checkWaiting(db).catch((thrown: unknown) => [failed('ledger', thrown)])),
    ...(await checkHomes(db).catch((thrown: unknown) => [failed('ledger', thrown)])),
    ...describeOwnLogin('ledger', own, CONNECTIONS),
  ];
}

function describeLost(thrown: unknown): readonly Finding[] {
  const { says, ...finding } = failed('ledger', thrown);
  return [{ ...finding, says: `hallpass serve refuses to start, for all targets: ${says}.` }];
}

/** What people wait for in vain, as a running Hallpass has recorded it. */
async function checkWaiting(db: Queryable): Promise<readonly Finding[]> {
  const { shut, undecidable } = await readWaiting(db);
  const findings = shut.map((place) => failure('channel', shutWarning({ ...place, fix: null }), place.fix));
  if (undecidable === 0) return findings;
  const says = undecidableWarning(undecidable);
  return [...findings, failure('approvers', says, 'Their messages, and the operators’, say why.')];
}

/** Slack doesn't tell whether the app has a Home tab, and hears of it: what came of those that people opened does. */
async function checkHomes(db: Queryable): Promise<readonly Finding[]> {
  const { opened, trouble } = await readHomes(db);
  if (trouble !== null) return [failure('Slack', `Slack shows nobody's Home: ${trouble}`, null)];
  return opened ? [ok('Slack', 'People open its Home, and Slack shows it.')] : [];
}

function describeUnread(view: Exclude<LedgerView, { readonly db: Queryable }>): readonly Finding[] {
  if (view.why === 'refused') return [failed('ledger', view.error, 'It can’t be read (DATABASE_URL): ')];
  // The environment has a finding of its own for a URL that is missing.
  if (view.why === 'no url') return [];
  const says =
    'It answers, and has no tables of this release yet, so what Hallpass has granted is not compared with it.';
  return [note('ledger', says, '`hallpass serve` makes them when it starts; or run `hallpass migrate`.')];
}

function describeLedger({ rights: { database, open } }: { readonly rights: DatabaseRights }): Finding {
  if (!open) return ok('ledger', 'It can be read.');
  return note(
    'ledger',
    `It can be read, but every login of its server can connect to its database, ${database}, and slow Hallpass down there.`,
    `As the owner of the database:\n${closeSql(database)}`,
  );
}

/** The login that migrates, where it is another one. Never throws. */
export async function checkLedgerOwner(ownerUrl: string, view: LedgerView): Promise<readonly Finding[]> {
  try {
    const { own, owns, ledger } = await readLedgerOwner(ownerUrl);
    if ('db' in view && ledger !== view.installation) {
      const says = 'DATABASE_OWNER_URL and DATABASE_URL lead to two different databases.';
      return [failure('ledger', says, 'Both must name the same server and database.')];
    }
    if (owns) {
      return [ok('ledger', `${own.login} may migrate it.`), ...describeOwnLogin('ledger', own, TO_MIGRATE)];
    }
    const says = `${own.login} (DATABASE_OWNER_URL) neither owns the ledger’s tables nor may make them: hallpass serve and hallpass migrate fail.`;
    return [failure('ledger', says, 'Use the login that owns the database.')];
  } catch (thrown) {
    const before = 'DATABASE_OWNER_URL can’t be used, so hallpass serve fails before it starts: ';
    return [failed('ledger', asHallpassError(thrown), before)];
  }
}
