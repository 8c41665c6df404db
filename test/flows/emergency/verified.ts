/** That the audit trail has an emergency, and that `verify` reads it. */
import { expect } from 'vitest';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import type { Stage } from '../../../sandbox/stage/stage.js';
import { runHallpass } from '../../support/commands.js';
import { eventsOf } from '../../support/requests.js';
import { numberOf } from './stage.js';

/** @param id of an emergency that was reviewed, while nothing else is open */
export async function expectVerified(stage: Stage, id: string): Promise<void> {
  const events = await eventsOf(stage, id);
  const kinds = events.map(({ kind }) => kind);
  expect(kinds[0]).toBe('submitted');
  expect(kinds[1]).toBe('approved_in_emergency');
  expect(kinds.filter((kind) => kind === 'judged')).toHaveLength(1);

  const [ledger] = await runSql<{ events: number; requests: number }>(
    stage.ledgerUrl,
    'select (select count(*)::int from events) as events, (select count(*)::int from requests) as requests',
  );
  const { code, said } = await verify(stage);
  expect(said).toMatch(new RegExp(`^events +${ledger?.events}$`, 'm'));
  expect(said).toContain('The audit trail is as it was written.');
  expect(said).toMatch(new RegExp(`^requests +${ledger?.requests}$`, 'm'));
  expect(said).toContain('Every request is what its events make of it.');
  expect(code).toBe(0);

  // Another verdict than the reviewer's is found, and named.
  const setVerdict = (verdict: string) =>
    runSql(
      stage.ledgerUrl,
      `update requests set emergency = jsonb_set(emergency, '{verdict}', to_jsonb($2::text)) where id = $1`,
      [numberOf(id), verdict],
    );
  await setVerdict('justified');
  const altered = await verify(stage);
  await setVerdict('not_justified');
  expect(altered.said).toMatch(
    new RegExp(`^${id} +verdict: is justified, and its events make it not_justified`, 'm'),
  );
  expect(altered.code).toBe(1);
}

const verify = (stage: Stage) =>
  runHallpass(stage, ['audit', 'verify'], { DATABASE_URL: stage.env.DATABASE_URL ?? '' });
