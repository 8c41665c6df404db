/** The demo's Postgres servers, to be stopped and started. */
import type { Cluster } from '../../../postgres/cluster.js';
import { Impossible } from '../../../slack/impossible.js';
import type { Stage } from '../../../stage/stage.js';
import type { FaultsState, ServerName } from '../../api-faults.js';

export const LABELS: Readonly<Record<ServerName, string>> = {
  shop: 'Shop',
  vault: 'Vault',
  ledger: "The ledger's server",
};

type States = FaultsState['servers'];

export class Servers {
  readonly #clusters: Readonly<Record<ServerName, Cluster | null>>;
  readonly #onChange: () => void;
  /** Of those that are on their way. */
  readonly #moving = new Map<ServerName, 'stopping' | 'starting'>();

  constructor({ server, vault, ledger }: Stage, onChange: () => void) {
    this.#clusters = { shop: server, vault, ledger };
    this.#onChange = onChange;
  }

  get states(): States {
    return { shop: this.#stateOf('shop'), vault: this.#stateOf('vault'), ledger: this.#stateOf('ledger') };
  }

  /** @throws Impossible while it is on its way */
  movable(name: ServerName): Cluster {
    const cluster = this.#clusters[name];
    if (cluster === null) throw new Impossible(`There is no ${name} here.`);
    const moving = this.#moving.get(name);
    if (moving !== undefined) throw new Impossible(`${LABELS[name]} is ${moving} already.`);
    return cluster;
  }

  /** Does nothing when it is so already. @throws Impossible while it is on its way */
  async bring(name: ServerName, to: 'up' | 'down'): Promise<void> {
    const cluster = this.movable(name);
    if (this.#stateOf(name) === to) return;
    this.#moving.set(name, to === 'up' ? 'starting' : 'stopping');
    this.#onChange();
    try {
      await (to === 'up' ? cluster.start() : cluster.stop());
    } finally {
      this.#moving.delete(name);
      this.#onChange();
    }
  }

  #stateOf(name: ServerName): States[ServerName] {
    const pid = this.#clusters[name]?.pid ?? null;
    return this.#moving.get(name) ?? (pid === null ? 'down' : 'up');
  }
}
