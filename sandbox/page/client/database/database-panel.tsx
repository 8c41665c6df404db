import { useState } from 'react';
import type { CastMember } from '../../api.js';
import type { Instance } from '../../api-database.js';
import { Console } from './console/console.js';
import './database-panel.css';
import { TruthStrip } from './truth/truth.js';

const INSTANCES: readonly { readonly on: Instance; readonly name: string }[] = [
  { on: 'shop', name: 'Shop' },
  { on: 'vault', name: 'Vault' },
];

/** What was chosen here, while another panel is open. */
const remembered: { on: Instance; kept: string | null } = { on: 'shop', kept: null };

/** The console of the engineer's own login, and what Postgres and the ledger say. */
export function DatabasePanel({ played }: { readonly played: CastMember | null }) {
  const [{ on, kept }, setChosen] = useState(remembered);
  const choose = (chosen: Partial<typeof remembered>) => setChosen({ ...Object.assign(remembered, chosen) });
  const login = kept ?? played?.login ?? null;
  return (
    <section className="db-panel" aria-label="Database">
      <div className="db-work">
        <header className="db-where">
          <h2>{login === null ? 'SQL' : `SQL as ${login}`}</h2>
          <fieldset aria-label="Postgres instance" className="db-instances">
            {INSTANCES.map((each) => (
              <button
                key={each.on}
                type="button"
                aria-pressed={each.on === on}
                onClick={() => choose({ on: each.on })}
              >
                {each.name}
              </button>
            ))}
          </fieldset>
          {login !== null && (
            <label className="db-toggle" title="Stays when you become somebody else">
              <input
                type="checkbox"
                checked={kept !== null}
                onChange={({ target }) => choose({ kept: target.checked ? login : null })}
              />
              Keep {login}
            </label>
          )}
        </header>
        <NoConsole name={played?.name ?? null} login={login} on={on} />
        {login !== null && hasLogin(login, on) && <Console key={`${login}/${on}`} place={{ login, on }} />}
      </div>
      <TruthStrip />
    </section>
  );
}

function hasLogin(login: string, on: Instance): boolean {
  return on === 'shop' || login === 'ana';
}

/** Why there is no console; nothing where there is one. */
function NoConsole({
  name,
  login,
  on,
}: {
  readonly name: string | null;
  readonly login: string | null;
  readonly on: Instance;
}) {
  if (login !== null && hasLogin(login, on)) return null;
  return (
    <p className="db-none">
      {login === null
        ? `${name ?? 'This person'} has no Postgres login, so there is no console. Hallpass grants roles to logins that people already have: become ana, ben, cora or dan.`
        : `${login} has no login on Vault. Only ana has one there.`}
    </p>
  );
}
