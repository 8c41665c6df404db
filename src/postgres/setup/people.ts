/** People's own logins: they can log in, and nothing else until a role is granted. */
import { GRANTORS_SINCE } from '../quote.js';
import { allowLogin } from './allowed.js';
import { grantIam } from './hallpass-role.js';
import { type Attribute, makeRole, POWERLESS } from './make-role.js';
import { comment, type Step, transaction } from './script.js';
import type { SetupServer } from './server.js';

export interface Logins {
  readonly logins: readonly string[];
  /** They log in by tokens of AWS IAM. */
  readonly iam: boolean;
}

export function loginSteps({ version, first, mode }: SetupServer, { logins, iam }: Logins): readonly Step[] {
  // From 16 on each membership says for itself whether it is inherited.
  const needed: readonly Attribute[] = version >= GRANTORS_SINCE ? ['LOGIN'] : ['LOGIN', 'INHERIT'];
  return [
    transaction(first, [
      comment(`INHERIT, so that a granted role works without SET ROLE; and no attribute.
${iam ? 'They log in by tokens of AWS IAM: once a login has rds_iam, a password no longer works.' : 'Passwords stand in no script. Set them by hand, in psql:  \\password "login"'}`),
      ...logins.flatMap((login) => [
        makeRole({
          name: login,
          attributes: ['LOGIN', 'INHERIT', ...POWERLESS],
          about: 'A person’s login',
          needed,
        }),
        ...(iam ? [grantIam(login)] : []),
        ...(mode === 'guarded' ? [allowLogin(login)] : []),
      ]),
    ]),
  ];
}
