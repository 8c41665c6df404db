/** Defaults of a login, by which its sessions differ from what people expect. Pure. */
import type { Setting } from '../../../postgres/diagnosis/read-person.js';
import { quoteName } from '../../../postgres/quote.js';
import type { NamePair } from '../../../postgres/target.js';
import { type Finding, failure, note } from '../finding.js';

/** Databases that were looked into, each with the schemas in which the role has tables. */
type Looks = readonly { readonly database: string; readonly schemas: readonly string[] | null }[];

export function describeSettings(
  pair: NamePair,
  settings: readonly Setting[],
  looks: Looks,
): readonly Finding[] {
  return settings.flatMap((setting) => describeSetting(pair, setting, looks) ?? []);
}

function describeSetting({ login, role }: NamePair, setting: Setting, looks: Looks): Finding | null {
  const { name, value, database } = setting;
  const where = database === null ? '' : ` in ${database}`;
  const reset = resetSql(login, setting);
  if (name === 'role') {
    if (value === 'none' || value === login) return null;
    return failure(
      'setting',
      `The sessions of ${login}${where} begin as the role ${value} (a default), and as such have nothing of ${role}.`,
      `In the session: RESET ROLE doesn’t help, SET ROLE NONE does; for good:\n${reset}`,
    );
  }
  if (name === 'default_transaction_read_only') {
    if (!/^(?:on|true|yes|1)$/i.test(value)) return null;
    return note(
      'setting',
      `The transactions of ${login}${where} are read-only by default.`,
      `In the session: SET default_transaction_read_only = off; or, for good:\n${reset}`,
    );
  }
  const path = value.split(',').map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
  const left = looks
    .filter((look) => database === null || look.database === database)
    .flatMap(({ schemas }) => schemas ?? [])
    .filter((schema) => !path.includes(schema));
  if (left.length === 0) return null;
  return note(
    'setting',
    `The search_path of ${login}${where} is set to ${value}, without ${[...new Set(left)].join(', ')}: tables there need their schema before the name.`,
    `Write schema.table; or:\n${reset}`,
  );
}

function resetSql(login: string, { name, database, own }: Setting): string {
  const inDatabase = database === null ? '' : ` IN DATABASE ${quoteName(database)}`;
  if (own) return `ALTER ROLE ${quoteName(login)}${inDatabase} RESET ${name};`;
  return database === null
    ? `ALTER ROLE ALL RESET ${name};`
    : `ALTER DATABASE ${quoteName(database)} RESET ${name};`;
}
