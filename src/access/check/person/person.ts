/** `hallpass check --as LOGIN TARGET/ROLE`: why a login that was granted a role still can't use it. */
import type { TargetConfig } from '../../../config/config.js';
import type { Diagnosis } from '../../../postgres/diagnosis/diagnosis.js';
import type { LoginSettings, PersonsDatabase } from '../../../postgres/diagnosis/read-person.js';
import { GRANTORS_SINCE, grantOptions, quoteName, roleSql } from '../../../postgres/quote.js';
import { describeProblems, noConnections, passwordExpired } from '../../../postgres/reading/problems.js';
import type { NamePair, PairFacts, Server, Target } from '../../../postgres/target.js';
import { type Finding, failed, failure, note, ok } from '../finding.js';
import { describeDatabase, describeObstacles } from './obstacles.js';
import { describeSettings } from './settings.js';

/** Databases that are looked into. */
const MOST_DATABASES = 8;

/** Never throws. */
export async function checkPerson(
  config: TargetConfig,
  pair: NamePair,
  { target, diagnosis }: { readonly target: Target; readonly diagnosis: Diagnosis },
): Promise<readonly Finding[]> {
  try {
    const { server, facts } = await target.look([pair]);
    const [fact] = facts;
    const problems = (fact === undefined ? [] : describeProblems(server, fact)).map(
      ({ about, sentence, nextStep }) => failure(about, sentence, nextStep),
    );
    const { person, settings, databases } = await diagnosis.person(pair);
    // Without the one or the other there is nothing more to ask.
    if (person === null || fact === undefined) return problems;
    const looks = await Promise.all(
      databases.slice(0, MOST_DATABASES).map((database) => lookInto(database, pair, person, diagnosis)),
    );
    const found = [
      ...problems,
      ...describeLogin(pair, person),
      ...describeMembership(config, server, fact, person),
      ...describeSettings(pair, settings, looks),
      ...looks.flatMap(({ findings }) => findings),
      ...unlooked(pair, databases),
    ];
    return found.some(({ level }) => level === 'failure') ? found : [...found, elsewhere(pair)];
  } catch (error) {
    return [failed('connection', error)];
  }
}

function* describeLogin({ login }: NamePair, person: LoginSettings): Generator<Finding> {
  const { expired, validUntil, connectionLimit, sessions } = person;
  if (expired && validUntil !== null) {
    const { sentence, nextStep } = passwordExpired(login, validUntil);
    yield failure('login', sentence, `Set a later day:\n${nextStep}`);
  }
  if (connectionLimit >= 0 && sessions >= connectionLimit) {
    const { sentence, nextStep } = noConnections(login, connectionLimit, sessions);
    yield failure('login', sentence, `End one of them, or:\n${nextStep}`);
  }
}

function* describeMembership(
  { key, mode }: TargetConfig,
  { version }: Server,
  { role, login, ours, held }: PairFacts,
  { member, uses, becomes, inherits }: LoginSettings,
): Generator<Finding> {
  const [quotedRole, quotedLogin] = [quoteName(role), quoteName(login)];
  if (!member) {
    const ask = `Ask for ${role} on ${key} in Slack; if it was granted, its time is up or somebody ended it.`;
    yield failure('memberships', `${login} is not a member of ${role}.`, ask);
    return;
  }
  const how = ours ? 'granted by Hallpass' : `not by Hallpass, but by ${held?.via ?? 'another role'}`;
  const says = `${login} is a member of ${role}, ${how}`;
  if (uses) {
    yield ok('memberships', `${says}.`);
    if (becomes) return;
    yield note(
      'memberships',
      `SET ROLE ${quotedRole} is refused to ${login}: the role works without it.`,
      'Leave SET ROLE out. If a program insists on it, write allow_set_role: true for the role.',
    );
  } else if (version < GRANTORS_SINCE && !inherits) {
    yield failure(
      'memberships',
      `${says}, but is NOINHERIT: it has nothing of the role until SET ROLE.`,
      `In each session: SET ROLE ${quotedRole}; or, for good:\n${roleSql('ALTER', login, 'INHERIT')}`,
    );
  } else {
    const grant = `GRANT ${quotedRole} TO ${quotedLogin}`;
    yield failure(
      'memberships',
      `${says}, but without INHERIT: it has nothing of the role until SET ROLE.`,
      ours && mode === 'direct'
        ? `Relinquish it and ask for it again, or, as Hallpass’s login:\n${grant}${grantOptions('FALSE')};`
        : `Who granted it can add:\n${grant}${version >= GRANTORS_SINCE ? ' WITH INHERIT TRUE' : ''};`,
    );
  }
}

/** What was found in one database. */
interface Look {
  readonly database: string;
  /** Schemas with tables of the role; null: Hallpass couldn't look. */
  readonly schemas: readonly string[] | null;
  readonly findings: readonly Finding[];
}

async function lookInto(
  database: PersonsDatabase,
  pair: NamePair,
  { loginOid, roleOid }: LoginSettings,
  diagnosis: Diagnosis,
): Promise<Look> {
  const { name } = database;
  const findings = [...describeDatabase(database, pair)];
  const unread = (why: Finding): Look => ({ database: name, schemas: null, findings: [...findings, why] });
  if (!database.mayRead || !database.open) {
    const says = `What ${pair.role} has in ${name} could not be read: Hallpass’s login may not connect there.`;
    return unread(note('database', says));
  }
  try {
    const obstacles = await diagnosis.obstacles(name, loginOid, roleOid);
    return {
      database: name,
      schemas: obstacles.schemas.map((schema) => schema.name),
      findings: [...findings, ...describeObstacles(name, pair, obstacles)],
    };
  } catch (error) {
    return unread({ ...failed('database', error, `${name}: `), level: 'note' });
  }
}

function unlooked({ role }: NamePair, databases: readonly PersonsDatabase[]): readonly Finding[] {
  if (databases.length === 0) {
    return [note('database', `No database has anything that was granted to ${role} by name.`)];
  }
  const rest = databases.slice(MOST_DATABASES).map(({ name }) => name);
  return rest.length === 0 ? [] : [note('database', `Not looked into: ${rest.join(', ')}.`)];
}

function elsewhere({ login, role }: NamePair): Finding {
  return ok(
    'login',
    `Nothing here keeps ${login} from using ${role}. What the catalogs don’t show: pg_hba.conf, a wrong password, another host or database than meant, a pooler that logs in as somebody else.`,
  );
}
