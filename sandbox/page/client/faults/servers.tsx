import type { FaultsState, ServerName } from '../../api-faults.js';
import { Control, type Tone } from './control.js';

const SERVERS: Readonly<Record<ServerName, { readonly title: string; readonly watch: string }>> = {
  shop: {
    title: 'Shop, a target',
    watch:
      'a grant on it whose time is up: Hallpass can’t revoke it, says so on the card and keeps trying. Start Shop, and it is gone within seconds.',
  },
  vault: {
    title: 'Vault, a guarded target',
    watch:
      'Shop goes on: no target waits for another. An approval for Vault waits, and is granted when it is back.',
  },
  ledger: {
    title: 'The ledger’s server',
    watch:
      '/request says that Hallpass can’t reach its database. Grants stay as they are; what was due meanwhile is done when it is back.',
  },
};
const TONES: Readonly<Record<FaultsState['servers'][ServerName], Tone>> = {
  up: 'good',
  down: 'bad',
  stopping: 'moving',
  starting: 'moving',
};

/** The Postgres servers, to be stopped and started. */
export function ServerControls({ servers }: { readonly servers: FaultsState['servers'] }) {
  return (Object.keys(SERVERS) as ServerName[]).map((name) => {
    const { title, watch } = SERVERS[name];
    const state = servers[name];
    const isDown = state === 'down';
    return (
      <Control key={name} title={title} state={state} tone={TONES[state]} watch={watch}>
        {({ busy, press }) => (
          <button
            type="button"
            className={isDown ? 'faults-good' : 'faults-bad'}
            disabled={busy || TONES[state] === 'moving'}
            onClick={() => press('server', { name, to: isDown ? 'up' : 'down' })}
          >
            {isDown ? 'Start' : 'Stop'} <span className="unseen">{title}</span>
          </button>
        )}
      </Control>
    );
  });
}
