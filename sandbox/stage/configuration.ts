import { CAST, CHANNELS, GROUPS, ON_CALL } from './cast.js';

/** The configuration of the sample workspace and its one server. */
export function configuration(connect: { readonly host: string; readonly port: number }): string {
  return `slack:
  command: /request
  channel: ${CHANNELS.access}
  operators_channel: ${CHANNELS.operators}
operators: [sre]
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
`;
}
