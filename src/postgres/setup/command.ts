/** `hallpass setup-sql`: scripts that a DBA reads and runs, and their undoing. Pure: asks no server. */
import { HallpassError } from '../../errors.js';
import { type GroupRole, groupRoleSteps } from './group-role.js';
import { hallpassSteps, undoHallpass } from './hallpass.js';
import { NOTES } from './notes.js';
import { type Logins, loginSteps } from './people.js';
import { doBlock, printScript, quoteText, type Step, transaction } from './script.js';
import { checkNames, type SetupServer, type SetupTarget, serverOf } from './server.js';
import { undoGroupRole, undoLogins } from './undo.js';

/** What a script is for; without role and logins, it is for Hallpass itself: its login and its rights. */
export interface SetupWish {
  readonly role?: GroupRole;
  readonly logins?: Logins;
  /** Undoes the same. */
  readonly undo: boolean;
}

/**
 * The steps of the script, in order.
 * @param version server_version_num, like 160004.
 * @throws HallpassError when a name is impossible, or something is missing.
 */
export function setupSteps(target: SetupTarget, version: number, wish: SetupWish): readonly Step[] {
  const server = serverOf(target, version);
  checkWish(wish);
  const steps = wishedSteps(server, target, wish);
  return [refuseOtherRelease(server, steps[0]?.database ?? server.first), ...steps];
}

function wishedSteps(server: SetupServer, target: SetupTarget, wish: SetupWish): readonly Step[] {
  const { role, logins, undo } = wish;
  if (role === undefined && logins === undefined) {
    return undo ? undoHallpass(server) : hallpassSteps(server, target);
  }
  return [
    ...(role === undefined ? [] : undo ? undoGroupRole(server, role) : groupRoleSteps(server, role)),
    ...(logins === undefined ? [] : undo ? undoLogins(server, logins) : loginSteps(server, logins)),
  ];
}

/** Memberships differ between releases, and so does the script. */
function refuseOtherRelease({ target, version }: SetupServer, database: string): Step {
  const major = Math.floor(version / 10_000);
  return transaction(database, [
    doBlock(`
BEGIN
  IF current_setting('server_version_num')::int / 10000 <> ${major} THEN
    RAISE EXCEPTION 'This script is for Postgres ${major}, and this is Postgres %.', current_setting('server_version')
      USING HINT = ${quoteText(`Print the one for it: hallpass setup-sql ${target} … --server-version`)} || ' '
                   || current_setting('server_version_num')::int / 10000;
  END IF;
END`),
  ]);
}

/**
 * The script as `hallpass setup-sql` prints it, for psql.
 * @throws as setupSteps.
 */
export function setupSql(target: SetupTarget, version: number, wish: SetupWish): string {
  const server = serverOf(target, version);
  return printScript(head(server, wish), setupSteps(target, version, wish), foot(server, wish));
}

function head({ target, version, kind, mode }: SetupServer, { undo, role, logins }: SetupWish): string {
  const major = Math.floor(version / 10_000);
  const all = role === undefined && logins === undefined;
  return [
    `${undo ? 'Undoes what hallpass setup-sql set up' : 'Sets Hallpass up'} on ${target}: Postgres ${major}, ${kind}, ${mode}.`,
    ...(undo && all
      ? [`First set grant: false for ${target}, and let Hallpass end what is open there.`]
      : []),
    `Read it, then run it with psql. It may be run again${undo ? '' : ': what is there already stays as it is'}.`,
    'Each WARNING names something that was left out, and why.',
    ...NOTES[kind],
  ].join('\n');
}

function foot({ target }: SetupServer, { undo }: SetupWish): string {
  if (undo) return 'Then take what is gone out of the configuration, and try it: hallpass check';
  return `Try it: hallpass check ${target}`;
}

function checkWish({ role, logins }: SetupWish): void {
  if (role !== undefined) {
    checkNames('role', [role.role]);
    checkNames('database', role.databases);
    if (role.schemas !== 'all') checkNames('schema', role.schemas);
    if (role.databases.length === 0) throw incomplete('no database', '--databases');
    if (role.access !== 'monitor' && role.schemas.length === 0) {
      throw incomplete('no schema', '--schemas or --all-schemas');
    }
  }
  if (logins === undefined) return;
  checkNames('login', logins.logins);
  if (logins.logins.length === 0) throw incomplete('no login', '--login');
}

function incomplete(what: string, options: string): HallpassError {
  return new HallpassError(`the script would be for ${what}`, {
    passing: false,
    nextStep: `Write ${options}.`,
  });
}
