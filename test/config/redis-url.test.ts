import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRedisUrl } from '../../src/config/environment/redis-url.js';
import { Wrong } from '../../src/config/yaml/fields.js';
import { folderWith } from './files.js';

const PLAIN = { username: null, password: null, sentinel: null, db: 0, tls: null };
const AT = { hosts: [{ host: 'r', port: 6379 }] };

test.each([
  ['redis://r', { ...PLAIN, ...AT }],
  ['redis://r:7000/3', { ...PLAIN, hosts: [{ host: 'r', port: 7000 }], db: 3 }],
  ['redis://:a%40b%2F@r/', { ...PLAIN, ...AT, password: 'a@b/' }],
  [
    'rediss://u:p@[::1]:7000',
    { ...PLAIN, hosts: [{ host: '::1', port: 7000 }], username: 'u', password: 'p', tls: {} },
  ],
  [
    'redis+sentinel://u:p@s1:7000,[::1],s3/my%20master?db=2',
    {
      hosts: [
        { host: 's1', port: 7000 },
        { host: '::1', port: 26379 },
        { host: 's3', port: 26379 },
      ],
      username: 'u',
      password: 'p',
      sentinel: { master: 'my master', username: null, password: null },
      db: 2,
      tls: null,
    },
  ],
  [
    'rediss+sentinel://s/m?sentinel_username=su&sentinel_password=s%26p',
    {
      ...PLAIN,
      hosts: [{ host: 's', port: 26379 }],
      sentinel: { master: 'm', username: 'su', password: 's&p' },
      tls: {},
    },
  ],
])('%s', (url, means) => {
  expect(readRedisUrl(url)).toEqual(means);
});

test('the files of TLS are read', () => {
  const folder = folderWith({ 'ca.pem': 'CA', 'c.pem': 'C', 'k.pem': 'K' });
  const file = (name: string) => encodeURIComponent(join(folder, name));
  expect(
    readRedisUrl(`rediss://r?ca=${file('ca.pem')}&cert=${file('c.pem')}&key=${file('k.pem')}`),
  ).toMatchObject({ tls: { ca: 'CA', cert: 'C', key: 'K' } });
});

test.each([
  ['sesame', /is not a url like redis:\/\/:password@host:6379 or redis\+sentinel:/],
  ['redis://:ses/ame@r', /special characters percent-encoded/],
  ['redis://:sesame%zz@r', /write %25/],
  ['redis://sesame@r', /a user and no password/],
  ['redis://:sesame@r1,r2', /more than one host; write Sentinels as redis\+sentinel:/],
  ['redis://:sesame@r:0', /not like host:6379/],
  ['redis://:sesame@r:port', /not like host:6379/],
  ['redis://:sesame@r/cache', /a database that is not a number/],
  ['redis://:sesame@r?password=sesame', /a parameter other than ca, cert, key/],
  ['redis+sentinel://:sesame@s1,s2', /no name of the master/],
  ['redis://:sesame@r?ca=/etc/ca.pem', /has ca and no TLS; begin it with rediss/],
  ['rediss://:sesame@r?cert=/etc/c.pem', /has one of cert and key; write both/],
  ['rediss://:sesame@r?ca=/nowhere', /names a file as ca that can't be read: ENOENT/],
])('%s says what would be right, and shows no secret', (url, says) => {
  const read = readRedisUrl(url);
  expect(read).toBeInstanceOf(Wrong);
  expect(read).toMatchObject({ message: expect.stringMatching(says) });
  expect(JSON.stringify(read)).not.toContain('sesame');
});
