import { afterAll, beforeAll } from 'vitest';
import type { Wanted } from '../../../src/domain/wanted/wanted.js';
import type { ObjectsIndex, OfferedRole } from '../../../src/postgres/objects/objects-index.js';
import { createObjectsReader } from '../../../src/postgres/objects/objects-reader.js';
import type { Major } from '../../support/majors.js';
import { useServer } from '../server.js';
import { DATABASES, type Ground, makeWorld, prepare, randomFrom, readTruth, type Truth } from './worlds.js';

/**
 * For the top of a `describe`: the server lasts as long as its tests.
 * @returns what the index says otherwise than the server, in the random worlds of these seeds; empty when it is right
 */
export function useWorlds(major: Major): (seeds: readonly number[]) => Promise<readonly string[]> {
  const used = useServer(major);
  let ground: Ground | null = null;
  beforeAll(async () => {
    ground = await prepare(used.server);
  });
  afterAll(() => ground?.close());
  return async (seeds) => {
    if (ground === null) throw new Error('the server is there only while tests run');
    const differences: string[] = [];
    for (const seed of seeds) differences.push(...(await differencesIn(ground, seed)));
    return differences;
  };
}

async function differencesIn(ground: Ground, seed: number): Promise<readonly string[]> {
  const prefix = `w${seed}`;
  const world = await makeWorld(ground, prefix, randomFrom(seed));
  const reader = createObjectsReader(ground.server.connect);
  try {
    const offered = world.roles.flatMap((role) => [
      { role, setRole: false },
      { role, setRole: true },
    ]);
    const index = await reader.read(offered);
    const differences = index.unread.map(({ name, why }) => `${name} was not read: ${why}`);
    const truths: (readonly [database: string, Truth])[] = [];
    for (const database of DATABASES) {
      for (const truth of await readTruth(ground, prefix, database)) truths.push([database, truth]);
    }
    differences.push(...truths.flatMap(([database, truth]) => differ(index, offered, truth, database)));
    differences.push(...differInAmount(truths, index, offered));
    return differences.map((difference) => `seed ${seed}: ${difference}`);
  } finally {
    await reader.close();
    await world.drop();
  }
}

const loginOf = ({ role, setRole }: OfferedRole) => `${role}_${setRole ? 'set' : 'plain'}`;

function differ(
  index: ObjectsIndex,
  offered: readonly OfferedRole[],
  { kind, schema, name, privilege, whole, part }: Truth,
  database: string,
): readonly string[] {
  const wanted: Wanted = {
    asked: 'name',
    kind,
    names: [name],
    schemas: schema === null ? null : [schema],
    database: kind === 'database' ? null : database,
    column: null,
    args: null,
    privilege,
  };
  const says = offered.map((role) => {
    const [gift] = index.given(wanted, [role]);
    return { login: loginOf(role), is: gift === undefined ? 'none' : gift.whole ? 'whole' : 'part' };
  });
  return says.flatMap(({ login, is }) => {
    const truth = whole.includes(login) ? 'whole' : part.includes(login) ? 'part' : 'none';
    return truth === is
      ? []
      : [`${privilege} on ${kind} ${database}.${schema}.${name}: ${login} ${truth}, said ${is}`];
  });
}

/** How many tables each reads, writes and owns, in all databases. */
function differInAmount(
  truths: readonly (readonly [database: string, Truth])[],
  index: ObjectsIndex,
  offered: readonly OfferedRole[],
): readonly string[] {
  return offered.flatMap((role) => {
    const count = (...privileges: string[]) =>
      new Set(
        truths.flatMap(([database, { kind, schema, name, privilege, whole, part }]) =>
          kind === 'relation' && privileges.includes(privilege) && [...whole, ...part].includes(loginOf(role))
            ? [`${database}.${schema}.${name}`]
            : [],
        ),
      ).size;
    const truth = [count('SELECT'), count('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'), count('OWN')];
    const { read, write, own } = index.weigh(role);
    const said = [read, write, own];
    return String(truth) === String(said)
      ? []
      : [`${loginOf(role)} reads, writes, owns ${truth}, said ${said}`];
  });
}
