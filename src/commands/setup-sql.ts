/** `hallpass setup-sql`: prints scripts for a DBA. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { loginsOf } from '../access/check/target/roles.js';
import type { TargetConfig } from '../config/config.js';
import { coerceError } from '../errors.js';
import { createDiagnosis, type Diagnosis } from '../postgres/diagnosis/diagnosis.js';
import { type SetupWish, setupSql } from '../postgres/setup/command.js';
import { ACCESSES, type Access, type GroupRole } from '../postgres/setup/group-role.js';
import { iamPolicies } from '../postgres/setup/iam-policy.js';
import { findTarget, load } from './shared/configuration.js';
import { printExact } from './shared/output.js';
import { refused } from './shared/refused.js';

/** The oldest Postgres on which Hallpass grants roles. */
const OLDEST_MAJOR = 14;

interface Options {
  readonly role?: string;
  readonly schemas?: readonly string[];
  readonly allSchemas?: true;
  readonly databases?: readonly string[];
  readonly access?: Access;
  readonly login?: readonly string[];
  readonly loginsMissing?: true;
  readonly iam?: 'aws';
  readonly iamPolicy?: true;
  readonly undo?: true;
  readonly serverVersion?: number;
}

export function addSetupSql(program: Command): void {
  program
    .command('setup-sql')
    .description(
      'print the SQL that a DBA runs: for Hallpass itself, for a role to grant, for people’s logins',
    )
    .argument('<target>')
    .option('--role <name>', 'a role to grant, with the least privileges')
    .option('--schemas <names>', 'what it is for: schemas, with commas', names)
    .addOption(new Option('--all-schemas', 'every schema that is there now').conflicts('schemas'))
    .option(
      '--databases <names>',
      'in these databases, with commas; default: the one of the connection',
      names,
    )
    .addOption(new Option('--access <kind>', 'what the role may do (default: read)').choices(ACCESSES))
    .option('--login <names>', 'the login of a person, or several with commas', names)
    .addOption(
      new Option('--logins-missing', 'every login of the configuration that is not there').conflicts('login'),
    )
    .addOption(
      new Option('--iam <provider>', 'the logins use IAM tokens instead of passwords').choices(['aws']),
    )
    .option('--iam-policy', 'print the policies by which Hallpass logs in with AWS IAM, as JSON')
    .option('--undo', 'print the way back')
    .option('--server-version <major>', 'the major of a server that can’t be reached yet', major)
    .action(printScript);
}

async function printScript(key: string, options: Options): Promise<void> {
  const config = load();
  const target = findTarget(config, key);
  if (options.iamPolicy) return printExact(iamPolicies(target));
  const role = roleOf(target, options);
  const server = createDiagnosis(target);
  try {
    const version = options.serverVersion ?? (await readVersion(server));
    // null: the script is not for logins.
    const logins = options.loginsMissing
      ? await server.missing(loginsOf(config, target))
      : (options.login ?? null);
    if (logins?.length === 0) return printExact('-- Every login of the configuration is there.');
    const wish: SetupWish = {
      ...(role === null ? {} : { role }),
      ...(logins === null ? {} : { logins: { logins, iam: options.iam === 'aws' } }),
      undo: options.undo === true,
    };
    printExact(setupSql({ ...target, logins: loginsOf(config, target) }, version, wish));
  } finally {
    await server.close();
  }
}

async function readVersion(server: Diagnosis): Promise<number> {
  try {
    return await server.version();
  } catch (error) {
    throw refused(
      'the script depends on the version of the server, which can’t be asked',
      'Write it: --server-version 16.',
      coerceError(error),
    );
  }
}

function roleOf({ connect }: TargetConfig, options: Options): GroupRole | null {
  const { role, schemas, allSchemas, databases, access } = options;
  if (role === undefined) {
    const given = {
      '--schemas': schemas,
      '--all-schemas': allSchemas,
      '--databases': databases,
      '--access': access,
    };
    const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
    if (option === undefined) return null;
    throw refused(`${option} says what a role is for, and no role is named`, 'Write --role NAME.');
  }
  return {
    role,
    access: access ?? 'read',
    schemas: allSchemas ? 'all' : (schemas ?? []),
    databases: databases ?? [connect.database],
  };
}

function names(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

/** `16` or `16.4`, as server_version_num. */
function major(text: string): number {
  const found = Number(/^(\d{2})(?:\.\d+)?$/.exec(text)?.[1] ?? 0);
  if (found < OLDEST_MAJOR) {
    throw new InvalidArgumentError(`Write the major, like 16. Hallpass needs ${OLDEST_MAJOR} or later.`);
  }
  return found * 10_000;
}
