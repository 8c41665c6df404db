/** What the rules of a policy approve at once: members of an on-call group in Slack, and short requests for harmless roles. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startProxy, type TcpProxy } from '../../sandbox/postgres/proxy.js';
import { CAST } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  deny,
  request,
  submitRequest,
  told,
  type Wish,
} from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { expectReads } from '../support/access.js';
import { checkFinds } from '../support/check-finds.js';
import { expectRung } from '../support/messages.js';
import { eventsOf, inLedger } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { WAITING } from '../support/words.js';

/** Follows an on-call schedule. */
const ON_CALL = 'S0ONCALL';
const MEANWHILE = 'Mon-Sun 00:00-24:00 Europe/Berlin';
/** No day that it is now anywhere. */
const ANOTHER_DAY = `${new Date(Date.now() + 3 * 86_400_000).toUTCString().slice(0, 3)} 00:00-24:00 UTC`;
const RULE = 'automatic: { max: 30m, max_danger: read';
const WRITE = { role: 'orders_write', duration: '4 hours' } as const;
const SHORT = { duration: '15 minutes' } as const;
/** Rules are asked again each minute, and a busy server may not answer the first time; milliseconds. */
const AGAIN_MS = 130_000;

describe.each(KINDS)('by $transport, with alarms in $backend', async (kind) => {
  const proxies: TcpProxy[] = [];
  afterAll(() => Promise.all(proxies.map((proxy) => proxy.close())));
  const stage = await openStage({
    ...kind,
    ledgerApart: false,
    ordersAdmin: true,
    between: async (_, address) => {
      const proxy = await startProxy(address);
      proxies.push(proxy);
      return { host: '127.0.0.1', port: proxy.port };
    },
    configure: (yaml) =>
      yaml
        .replace('groups: {', `groups: { oncall-db: ${ON_CALL},`)
        .replace('], max: 1h }', '], slack: [oncall-db], max: 1h }')
        .replace('orders_admin: { policy: read', 'orders_admin: { policy: urgent')
        .replace('orders_read: {', `orders_read: { ${RULE}, hours: "${MEANWHILE}" },`)
        .replace('payments_read: {', `payments_read: { ${RULE}, hours: "${ANOTHER_DAY}" },`),
  });
  const { slack, pagerduty, server } = stage;
  const { workspace } = slack;
  let hallpass: HallpassProcess;

  beforeAll(async () => {
    workspace.addGroup({ id: ON_CALL, handle: 'oncall-db', members: [CAST.ben], updatedBy: CAST.eve });
    await server.query('grant select on pg_catalog.pg_authid to orders_admin', [], 'shop');
    // Known to PagerDuty, and on no schedule.
    for (const name of ['ana', 'ben'] as const) {
      pagerduty.addUser({ id: `P${name.toUpperCase()}`, name, email: `${name}@example.com` });
    }
    hallpass = await stage.startHallpass();
  });
  afterEach(() => {
    slack.faults.clear();
    pagerduty.faults.clear();
    for (const proxy of proxies) proxy.heal();
  });
  const onCall = (...members: readonly string[]) => workspace.setGroup(ON_CALL, { members });

  /** It is granted; then it ends. @returns its card */
  async function atOnce(name: 'ana' | 'ben' | 'dan', wish: Wish, as: RegExp): Promise<string> {
    const id = await request(slack, name, wish);
    const note = await told(slack, name, id, /psql/);
    const shown = await card(slack, id, as);
    await click(slack, name, note, 'Relinquish');
    await card(slack, id, /Ended: relinquished/);
    return all(shown);
  }
  /** It goes to its approvers; then one denies it. @returns its card */
  async function waits(name: 'ana' | 'ben' | 'dan', wish: Wish): Promise<string> {
    const id = await request(slack, name, wish);
    const shown = await card(slack, id, /Waiting/);
    await deny(slack, 'cora', shown);
    await card(slack, id, /Denied/);
    return all(shown);
  }

  test('a member of the group is approved at once, for an hour, and everybody sees why', async () => {
    const id = await request(slack, 'ben', WRITE);
    const note = await told(slack, 'ben', id, /psql/);
    await expectReads(stage, 'ben', 'orders_write');
    const { granted_at, expires_at } = await inLedger(stage, id);
    expect(Number(expires_at) - Number(granted_at)).toBe(3_600_000);
    const shown = await card(slack, id, /Granted \(on call\) until[\s\S]*shortened to 1 hour/);
    expect(all(shown)).toMatch(/Approved by the on-call rule \(@oncall-db\) <!date/);
    expect((await eventsOf(stage, id)).find(({ kind: what }) => what === 'approved_on_call')).toMatchObject({
      actor: null,
      data: { through: '@oncall-db', policy: { onCall: { slackGroups: [{ id: ON_CALL }] } } },
    });
    // The approvers learn of it from the one post.
    await expectRung(stage, 'cora', id, [expect.stringMatching(/^(?:Granted|Approved) ?\(on call\)/)]);
    await click(slack, 'ben', note, 'Relinquish');
    await card(slack, id, /Ended/);
  });

  test('who left the group a moment ago is not, and who has just come in is', async () => {
    await atOnce('ben', WRITE, /Granted \(on call\)/);
    onCall(CAST.ana);
    expect(await waits('ben', WRITE)).not.toContain('on call');
    await atOnce('ana', WRITE, /Granted \(on call\)/);
    onCall();
    const id = await request(slack, 'ana', WRITE);
    await card(slack, id, /Waiting/);
    onCall(CAST.ana);
    // Asked for again, the rules are asked again.
    expect(await submitRequest(slack, 'ana', WRITE)).toEqual({
      'role:shop': expect.stringContaining(`${id} waits for approval`),
    });
    await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Relinquish');
    await card(slack, id, /Ended/);
  });

  test('while Slack does not say, approvers decide, and the card says why; PagerDuty is enough', async () => {
    onCall(CAST.ana);
    for (const [fault, why] of [
      [{ kind: 'error', error: 'internal_error' }, 'Slack did not say who is in @oncall-db.'],
      [{ kind: 'hang' }, 'Slack did not say within 2 s who is in @oncall-db.'],
      [
        { kind: 'error', error: 'no_such_subteam' },
        'Slack did not say who is in @oncall-db. This user group does not exist.',
      ],
    ] as const) {
      slack.faults.order('usergroups.users.list', fault, 100);
      const id = await request(slack, 'ana', WRITE);
      const shown = await card(slack, id, /Waiting[\s\S]*Not approved by on call/);
      expect(all(shown)).toContain(`Not approved by on call: ${why}`);
      if (fault.kind === 'hang') await atOnce('dan', WRITE, /Granted \(on call\)[\s\S]*schedule Shop/);
      slack.faults.clear();
      await deny(slack, 'cora', shown);
      await card(slack, id, /Denied/);
      await expectRung(stage, 'cora', id, [WAITING]);
    }
  });

  test('a group approves no role of danger admin, whoever is in it; PagerDuty does', async () => {
    onCall(CAST.ana);
    const id = await request(slack, 'ana', { role: 'orders_admin', ...SHORT });
    const shown = await card(slack, id, /Waiting[\s\S]*Not approved/);
    expect(all(shown)).toMatch(
      /Not approved by on call: orders_admin is of danger “admin”, and at most “write” is approved by a Slack group here/,
    );
    await deny(slack, 'cora', shown);
    await card(slack, id, /Denied/);
    await atOnce('dan', { role: 'orders_admin', ...SHORT }, /Granted \(on call\)/);
  });

  test('a role of which nothing can be read is not approved by a group, until it can', async () => {
    onCall(CAST.ana);
    for (const proxy of proxies) {
      proxy.toServer = (_, link) => {
        link.cut();
        return null;
      };
      proxy.cut();
    }
    const id = await request(slack, 'ana', WRITE);
    expect(all(await card(slack, id, /Waiting[\s\S]*Not approved/))).toContain(
      'Not approved by on call: what orders_write can do could not be read',
    );
    const other = await request(slack, 'ana', { role: 'orders_read', ...SHORT });
    expect(all(await card(slack, other, /Waiting/))).not.toContain('Not approved');
    for (const proxy of proxies) proxy.heal();
    // Asked again each minute, and by who starts.
    await hallpass.stop();
    hallpass = await stage.startHallpass();
    for (const [each, how] of [
      [id, 'by the on-call rule'],
      [other, 'by an automatic rule'],
    ] as const) {
      await click(slack, 'ana', await told(slack, 'ana', each, /psql/, AGAIN_MS), 'Relinquish');
      expect(all(await card(slack, each, /Ended/))).toContain(how);
    }
  });

  test('a short request for a harmless role is approved by itself, within the hours', async () => {
    const shown = await atOnce('ana', { role: 'orders_read', ...SHORT }, /Granted \(automatic\) until/);
    expect(shown).toContain(
      `Approved by an automatic rule (up to 30 minutes, danger up to “read”, ${MEANWHILE})`,
    );
    expect(shown).toContain('no approver was needed');
    expect(await waits('ana', { role: 'payments_read', ...SHORT })).not.toContain('automatic');
    // Not shortened: who asks for more is decided on by approvers.
    expect(await waits('ana', { role: 'orders_read', duration: '1 hour' })).not.toContain('automatic');
  });

  test('a role that has become more dangerous is not', async () => {
    const grow = (how: string) => server.query(`${how} orders_read`, [], 'shop');
    await grow('grant update on orders.orders to');
    onTestFinished(() => grow('revoke update on orders.orders from').then(() => undefined));
    expect(await waits('ana', { role: 'orders_read', ...SHORT })).not.toContain('automatic');
  });

  test('what waits is approved once the hours begin', async () => {
    const path = stage.env.HALLPASS_CONFIG ?? '';
    const written = await readFile(path, 'utf8');
    onTestFinished(() => writeFile(path, written));
    const id = await request(slack, 'ana', { role: 'payments_read', ...SHORT });
    await card(slack, id, /Waiting/);
    await writeFile(path, written.replace(ANOTHER_DAY, MEANWHILE));
    await hallpass.stop();
    hallpass = await stage.startHallpass();
    await click(slack, 'ana', await told(slack, 'ana', id, /psql/, AGAIN_MS), 'Relinquish');
    await card(slack, id, /Ended/);
  });

  test('`check` says who may edit the group, and needs PagerDuty only where it is named', async () => {
    const line =
      /^note approvers: Anyone who may edit the user group @oncall-db \(S0ONCALL\) can put themselves on call, and is then approved at once, for 1 hour at most, for shop\/orders_write, shop\/orders_admin\. Slack doesn’t tell an app who may: .* It was last changed by eve \(U0EVE\), on 2023-11-14\.\nIn Slack, .*“Create and edit user groups”/;
    expect((await checkFinds(stage)).all).toContainEqual(expect.stringMatching(line));
  });
});
