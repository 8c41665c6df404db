import { CAST, CHANNELS, GROUPS, ON_CALL } from './cast.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface More {
  /** Grants `orders_admin` on the shop, too. */
  readonly ordersAdmin?: boolean;
  /** The guarded server. */
  readonly vault?: Address | null;
}

/** The configuration of the sample workspace and its server. */
export function configuration(connect: Address, { ordersAdmin = false, vault = null }: More = {}): string {
  return `slack:
  command: /request
  channel: ${CHANNELS.access}
  operators_channel: ${CHANNELS.operators}
operators: [sre]
limits: { pending_per_person: 1000, requests_per_minute: 1000 }
groups: { dba: ${GROUPS.dba}, sre: ${GROUPS.sre} }
people:
  ${CAST.ana}: { login: ana }
  ${CAST.ben}: { login: ben }
  ${CAST.cora}: { login: cora }
  ${CAST.dan}: { login: dan, pagerduty: ${ON_CALL.user} }
defaults:
  approvers: [dba]
  durations: [5s, 15m, 1h, 4h]
  default_duration: 1h
  max: 4h
policies:
  read: {}
  urgent: { on_call: { schedules: [${ON_CALL.schedule}], max: 1h } }
targets:
  shop:
    name: Shop
    environment: production
    connect:
      host: ${connect.host}
      port: ${connect.port}
      database: shop
      user: hallpass
      password: "\${SHOP_PASSWORD}"
    roles:
      orders_read: { policy: read, about: Read orders and customers }
      orders_write: { policy: urgent, about: Change orders }
      payments_read: { policy: read, about: Read payments }
${ordersAdmin ? '      orders_admin: { policy: read, about: Change how orders are kept }\n' : ''}${vault ? vaultTarget(vault) : ''}`;
}

function vaultTarget({ host, port }: Address): string {
  return `  vault:
    name: Vault
    environment: production
    mode: guarded
    connect: { host: ${host}, port: ${port}, database: vault, user: hallpass, password: "\${VAULT_PASSWORD}" }
    roles:
      vault_read: { policy: read, about: Read the keys }
`;
}
