/** Each wrong connection is refused with its place, its key, what is wrong and what would be right. */
import { BASE, connected, FINGERPRINT, target } from './files.js';
import { eachIsRefused } from './refused.js';

const IN_CLEAR = `secrets written in clear are refused; write "\${NAME}" and set that environment variable`;
const CLEAR = `${IN_CLEAR}, or use password_file`;

/** A bastion on line 4; its keys from column 20 on. */
const bastion = (keys: string) => `${BASE}bastions: { gate: { ${keys} } }\n`;
const GATE = `host: gate, user: hallpass, host_key: "${FINGERPRINT}"`;

/** A connection whose further keys begin at column 56 of line 6. */
const reached = (keys: string) => target(`connect: { host: db, database: shop, user: hallpass, ${keys} }`);

eachIsRefused({
  connections: {
    [target('name: Shop')]: ['5:3 targets.shop: has no connection; write connect: or url:'],
    [connected('url: postgres://hallpass@db/shop')]: [
      '7:16 targets.shop.connect.host: stands in url already; write it once',
      '7:26 targets.shop.connect.database: stands in url already; write it once',
      '7:42 targets.shop.connect.user: stands in url already; write it once',
    ],
    [target('url: mysql://db\n    connect: { tls: on }')]: [
      `6:10 targets.shop.url: is not a url like postgres://user:\${NAME}@host:5432/database, with special characters percent-encoded`,
      '7:21 targets.shop.connect.tls: "on" is not known here; write verify-full or verify-ca or require or off',
    ],
    [target('connect: { host: db, port: x }')]: [
      '6:5 targets.shop.connect.database: is missing; write a name (in quotes, if it is really called null)',
      '6:5 targets.shop.connect.user: is missing; write a name (in quotes, if it is really called null)',
      '6:32 targets.shop.connect.port: "x" is not a whole number from 1 to 65535',
    ],
    [target('connect: { host: db, database: shop, user: hallpass, password: hunter2 }')]: [
      `6:68 targets.shop.connect.password: ${CLEAR}`,
    ],
    [target(`connect: { host: db, database: shop, user: hallpass, password: "hunter2\${PW}" }`)]: [
      `6:68 targets.shop.connect.password: ${CLEAR}`,
    ],
    [target(`connect: { host: db, database: shop, user: hallpass, password: "\${PW}", password_file: pw }`)]:
      ['6:14 targets.shop.connect: has both password and password_file; write one of them'],
    [target('url: postgres://hallpass:hunt@er2@db/shop')]: [`6:10 targets.shop.url: ${CLEAR}`],
    [target('url: postgres://hallpass@db/shop?password=hunter2')]: [
      '6:10 targets.shop.url: has a parameter other than sslmode, sslrootcert, sslcert, sslkey',
    ],
    [target('url: mysql://hunter2@db/shop')]: [
      `6:10 targets.shop.url: is not a url like postgres://user:\${NAME}@host:5432/database, with special characters percent-encoded`,
    ],
    [target('url: postgres://hallpass@db:99999/shop')]: [
      '6:10 targets.shop.url: has a port that is not a whole number from 1 to 65535',
    ],
    [target('url: postgres://hallpass@db/shop?sslmode=prefer')]: [
      '6:10 targets.shop.url: has an unknown sslmode; write verify-full or verify-ca or require or disable',
    ],
    [target('url: postgres://hallpass@db/shop?sslmode=disable')]: [
      '6:10 targets.shop.url: TLS is off, and db is not this machine; encrypt it, or say why not: tls_off_because',
    ],
    [target('connect: { host: db, database: shop, user: hallpass, tls: off }')]: [
      '6:63 targets.shop.connect.tls: TLS is off, and db is not this machine; encrypt it, or say why not: tls_off_because',
    ],
    [target('url: postgres://hallpass@db/shop?sslmode=require&sslrootcert=ca.pem')]: [
      '6:10 targets.shop.url: names an authority (ca), and tls require checks no certificate; write verify-full or verify-ca',
    ],
    [target('url: postgres://hallpass@db/shop?sslcert=c.pem')]: [
      '6:10 targets.shop.url: has a client certificate without its key, or a key without its certificate; write both (cert and key)',
    ],
    [reached('tls: off, tls_off_because: "", ca: ""')]: [
      '6:85 targets.shop.connect.tls_off_because: is empty',
      '6:93 targets.shop.connect.ca: is empty; write the path of a file',
    ],
    [reached('key: k.pem')]: [
      '6:14 targets.shop.connect: has a client certificate without its key, or a key without its certificate; write both (cert and key)',
    ],
    [reached('tls: off, tls_off_because: x, ca: ca.pem')]: [
      '6:14 targets.shop.connect: names an authority (ca), and tls off checks no certificate; write verify-full or verify-ca',
    ],
    [reached('iam: { region: Frankfurt, assume_role: hallpass }')]: [
      '6:73 targets.shop.connect.iam.region: "Frankfurt" is not a region of AWS like eu-central-1',
      '6:97 targets.shop.connect.iam.assume_role: "hallpass" is not the ARN of a role like arn:aws:iam::123456789012:role/hallpass',
    ],
    [reached('iam: {}')]: [
      '6:58 targets.shop.connect.iam.region: is missing; write a region of AWS like eu-central-1',
    ],
    [reached('password_file: pw, iam: { region: eu-central-1 }')]: [
      '6:14 targets.shop.connect: has both password_file and iam; write one of them',
    ],
    [target(`url: postgres://hallpass:\${PW}@db/shop\n    connect: { iam: { region: eu-central-1 } }`)]: [
      '7:14 targets.shop.connect: has both password and iam; write one of them',
    ],
    [reached('iam: { region: eu-central-1 }, tls: off, tls_off_because: x')]: [
      '6:63 targets.shop.connect.iam: needs TLS, for RDS takes no token without it; take out tls: off',
    ],
    [target(
      'connect: { host: localhost, database: shop, user: hallpass }\n    replicas: [{ port: 1 }, { host: a b }]',
    )]: [
      '7:16 targets.shop.replicas[0].host: is missing; write a host name, an address or the folder of a socket',
      '7:37 targets.shop.replicas[1].host: "a b" is not a host name, an address or the folder of a socket',
    ],
    [target(
      'connect: { host: localhost, database: shop, user: hallpass, tls: off }\n    replicas: [{ host: db-2 }]',
    )]: [
      '6:70 targets.shop.connect.tls: TLS is off, and db-2 is not this machine; encrypt it, or say why not: tls_off_because',
    ],
    [connected(`replicas: { host: db-2, password: "\${PW}", password_file: pw }`)]: [
      '6:15 targets.shop.replicas: has both password and password_file; write one of them',
    ],
  },
  bastions: {
    [bastion('user: hallpass, agent: /run/agent')]: [
      '4:13 bastions.gate.host: is missing; write a host name or an address',
      '4:13 bastions.gate.host_key: is missing; write the fingerprint (SHA256:…) that `ssh-keyscan HOST | ssh-keygen -lf -` prints for HOST',
    ],
    [bastion('host: gate, user: hallpass, host_key: "MD5:00", agent: /run/agent')]: [
      '4:59 bastions.gate.host_key: "MD5:00" is not the fingerprint (SHA256:…) that `ssh-keyscan HOST | ssh-keygen -lf -` prints for HOST',
    ],
    [bastion(GATE)]: ['4:19 bastions.gate: has no login; write one of key, password or agent'],
    [bastion(`${GATE}, key: /id, agent: /run/agent`)]: [
      '4:19 bastions.gate: has key and agent; write one of key, password or agent',
    ],
    [bastion(`${GATE}, password: hunter2`)]: [`4:123 bastions.gate.password: ${IN_CLEAR}`],
    [bastion(`${GATE}, key: /id, passphrase: hunter2`)]: [`4:135 bastions.gate.passphrase: ${IN_CLEAR}`],
    [bastion(`${GATE}, agent: /run/agent, passphrase: "\${PW}"`)]: [
      '4:144 bastions.gate.passphrase: is that of a key, and there is none; write key: and the path of its file',
    ],
    [bastion(`${GATE}, agent: true`)]: [
      '4:120 bastions.gate.agent: is true, but the environment variable SSH_AUTH_SOCK is not set; set it, or write the path of the socket',
    ],
    [bastion(`${GATE}, agent: /a`) + reached('ssh: gaet').slice(BASE.length)]: [
      '7:63 targets.shop.connect.ssh: "gaet" is no bastion; did you mean "gate"?',
    ],
    [reached('ssh: gate')]: ['6:63 targets.shop.connect.ssh: "gate" is no bastion; bastions: none'],
    // A bastion that is wrong is known all the same.
    [bastion(GATE) + reached('ssh: gate').slice(BASE.length)]: [
      '4:19 bastions.gate: has no login; write one of key, password or agent',
    ],
    [bastion(`${GATE}, agent: /a`) + reached('ssh: gate, tls: off').slice(BASE.length)]: [
      '7:74 targets.shop.connect.tls: TLS is off from the bastion gate to db; encrypt it, or say why not: tls_off_because',
    ],
    [bastion(`${GATE}, agent: /a`) +
      target('connect: { host: /run, database: shop, user: hallpass, ssh: gate }').slice(BASE.length)]: [
      '7:22 targets.shop.connect.host: is the folder of a socket, to which no bastion leads; write a host name',
    ],
  },
});
