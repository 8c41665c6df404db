import type { Connect, Discover, Kind, RoleConfig, TargetConfig } from '../../config/config.js';
import { HallpassError } from '../../errors.js';
import { DATABASE, OWNER } from '../guarded/names.js';
import { isRoleName } from '../quote.js';

/** Every server has it, and it isn't anybody's. */
const FIRST = 'postgres';

/** The parts of a target's configuration that a script is made from. */
export type SetupTarget = Pick<TargetConfig, 'key' | 'kind' | 'mode'> & {
  readonly connect: Pick<Connect, 'user' | 'database' | 'iam'>;
  readonly roles: ReadonlyMap<string, Pick<RoleConfig, 'role'> & Partial<Pick<RoleConfig, 'terms'>>>;
  /** The logins of the people in the configuration. */
  readonly logins?: readonly string[] | undefined;
  readonly discover: readonly Pick<Discover, 'match'>[];
};

/** The server that a script is for. */
export interface SetupServer {
  /** As the configuration calls it. */
  readonly target: string;
  /** server_version_num: 14 to 18 differ. */
  readonly version: number;
  readonly kind: Kind;
  readonly mode: TargetConfig['mode'];
  /** Hallpass's own login. */
  readonly login: string;
  /** Where it grants; on a guarded target, the database with the functions, which the script creates. */
  readonly database: string;
  /** Where the script begins: a database that is there already. */
  readonly first: string;
  /** Where people work, and where Hallpass reads what its roles can do. */
  readonly shown: string;
  /** Hallpass logs in by a token of AWS IAM. */
  readonly iam: boolean;
  /** Who holds the ADMIN OPTION: Hallpass's login itself, or on a guarded target the owner of its functions. */
  readonly holder: string;
}

/** @throws HallpassError when the connection has an impossible name. */
export function serverOf(target: SetupTarget, version: number): SetupServer {
  const { user, database, iam } = target.connect;
  const { key, kind, mode } = target;
  checkNames('login', [user]);
  checkNames('database', [database]);
  const guarded = mode === 'guarded';
  return {
    target: key,
    version,
    kind,
    mode,
    login: user,
    database: guarded ? DATABASE : database,
    first: guarded ? FIRST : database,
    shown: database,
    iam: iam !== null,
    holder: guarded ? OWNER : user,
  };
}

/** @throws HallpassError when Postgres would refuse one of the names, or cut it to another. */
export function checkNames(what: string, names: readonly string[]): void {
  const wrong = names.find((name) => !isRoleName(name));
  if (wrong === undefined) return;
  throw new HallpassError(`no ${what} can be called ${JSON.stringify(wrong)}`, {
    passing: false,
    nextStep: 'Postgres allows 1 to 63 bytes.',
  });
}
