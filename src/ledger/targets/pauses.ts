/**
 * Where nothing new is granted. Each change is one statement with its audit event, the operators' message, and a new
 * version of every request that waits there, which redraws its card and status and changes no state.
 */
import { z } from 'zod';
import type { Pause } from '../../domain/request/pause.js';
import type { Queryable } from '../pool.js';

/** Every target, in the column `target`; the configuration allows no key like it. */
const EVERYWHERE = '*';

/** SQL that is true while nothing new is granted on this target. @param target an expression */
export const isPausedSql = (target: string): string =>
  `exists (select from pauses p where p.target in (${target}, '${EVERYWHERE}') and p.resumed_at is null)`;

const pauseRow = z.object({ target: z.string(), by_whom: z.string(), because: z.string(), since: z.date() });

function toPause(row: unknown): Pause {
  const { target, by_whom: by, because, since } = pauseRow.parse(row);
  return { target: target === EVERYWHERE ? null : target, by, because, since };
}

/** The pauses that hold, those of every target first. */
export async function readPauses(db: Queryable): Promise<readonly Pause[]> {
  const { rows } = await db.query(
    `select target, by_whom, because, since from pauses where resumed_at is null order by target <> '${EVERYWHERE}', target`,
  );
  return rows.map(toPause);
}

/** Whether a GRANT on this target has to wait, or had to. */
export interface Hold {
  readonly isPaused: boolean;
  /** When the last pause there was lifted; null when there was none. */
  readonly resumedAt: Date | null;
}

export async function readHold(db: Queryable, target: string): Promise<Hold> {
  const { rows } = await db.query<Hold>(
    `select ${isPausedSql('$1')} as "isPaused",
       (select max(resumed_at) from pauses where target in ($1, '${EVERYWHERE}')) as "resumedAt"`,
    [target],
  );
  return rows[0] ?? { isPaused: true, resumedAt: null };
}

/** $1 the target, $2 the audit event's kind, $3 its data, $4 the operators' channel, $5 what they are told. */
const AND_TELL = `
  versioned as (
    update requests r set version = version + 1 from changed c
      where r.state in ('pending', 'granting') and c.target in (r.target, '${EVERYWHERE}') returning r.id, r.version
  ), audited as (
    -- After the requests, because every write of a request locks in this order.
    insert into events (request_id, kind, actor, data)
      select null::bigint, $2::text, null, $3::jsonb from changed where (select count(*) from versioned) >= 0
  ), reshown as (
    update deliveries d set wanted = v.version from versioned v
      where d.request_id = v.id and d.wanted < v.version and d.kind in ('card', 'status')
  ), told as (
    insert into deliveries (key, kind, recipient, message, wanted)
      select $2::text || ':' || target || ':' || extract(epoch from now()), 'operators', $4::text, $5::jsonb, 1 from changed
  ), woken as (
    update targets t set wake_seq = wake_seq + 1 from changed c where c.target in (t.name, '${EVERYWHERE}')
  )
  select from changed`;

interface Word {
  /** null: every target. */
  readonly target: string | null;
  readonly audit: { readonly kind: 'paused' | 'resumed'; readonly data: object };
  readonly channel: string;
  readonly message: object;
}

const wordValues = ({ target, audit, channel, message }: Word): readonly string[] => [
  target ?? EVERYWHERE,
  audit.kind,
  JSON.stringify(audit.data),
  channel,
  JSON.stringify(message),
];

/** @returns false when it is paused already; that pause stays as it is. */
export async function insertPause(
  db: Queryable,
  { by, because, ...word }: Word & Pick<Pause, 'by' | 'because'>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with changed as (
       insert into pauses as p (target, by_whom, because) values ($1, $6, $7)
         on conflict (target) do update set by_whom = excluded.by_whom, because = excluded.because, since = now(),
             resumed_at = null
           where p.resumed_at is not null
         returning target
     ), ${AND_TELL}`,
    [...wordValues(word), by, because],
  );
  return rowCount === 1;
}

/** @returns false when no such pause holds. */
export async function liftPause(db: Queryable, word: Word): Promise<boolean> {
  const { rowCount } = await db.query(
    `with changed as (
       update pauses set resumed_at = now() where target = $1 and resumed_at is null returning target
     ), ${AND_TELL}`,
    [...wordValues(word)],
  );
  return rowCount === 1;
}
