/** The operators' part of App Home: everything that is granted, filtered, ended, paused and resumed; for operators alone. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { all, card, type Name, request } from '../../sandbox/stage/people.js';
import { isRefused } from '../support/access.js';
import { clickHome, homeButtons, homeOf, homeSays, homeSaysNot, openHome } from '../support/homes.js';
import {
  approved,
  changeInLedger,
  inLedger,
  LONG,
  untilAllSent,
  untilInLedger,
} from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { clearAway } from './life/stage.js';

const WISH = { role: 'orders_read', ...LONG } as const;

describe.each(KINDS)('$transport', async (kind) => {
  const stage = await openStage({ ...kind, vault: true });
  const { slack } = stage;
  const { workspace } = slack;
  const olga = slack.as(CAST.olga);

  beforeAll(async () => {
    await stage.startHallpass();
    for (const name of ['ana', 'olga', 'cora', 'eve'] as const) await openHome(stage, name);
  });
  afterEach(async ({ task }) => {
    slack.faults.clear();
    await operatorsAre('olga');
    if (task.result?.state === 'fail') await clearAway(stage);
    await untilAllSent(stage);
    expect(slack.problems).toEqual([]);
  });

  const shows = (name: Name, says: RegExp) => homeSays(stage, name, says);
  const granted = async (name: Name, role: string, target = 'shop') => {
    const id = await approved(stage, name, { ...LONG, target, role });
    await untilInLedger(stage, id, 'active');
    return id;
  };
  /** As it stands now, to be clicked later. */
  const olgasHome = () => {
    const home = olga.home();
    if (home === undefined) throw new Error('olga sees no Home');
    return home;
  };
  const operatorsAre = (...names: readonly Name[]) => {
    workspace.setGroup(GROUPS.sre, { members: names.map((name) => CAST[name]) });
    return slack.announce(GROUPS.sre);
  };
  const operatorsRead = (says: RegExp) =>
    slack.waitFor(() => olga.messages(CHANNELS.operators).find((message) => says.test(all(message))));

  test('only operators see it; who stops being one no longer does, and can do nothing there', async () => {
    await shows('olga', /For operators[\s\S]*Everything granted\nNothing at the moment\./);
    for (const name of ['ana', 'cora', 'eve'] as const)
      expect(homeOf(stage, name)).not.toContain('For operators');
    const id = await granted('ana', 'orders_read');
    await shows(
      'olga',
      new RegExp(`:unlock: <@U0ANA>: \\*\`orders_read\`\\* on Shop \\(production\\) until[\\s\\S]*${id}`),
    );

    const seen = olgasHome();
    await operatorsAre('eve');
    await shows('eve', /For operators/);
    await olga.click('home', 'End access', { value: id, seen: seen.blocks });
    await shows('olga', /^:information_source: You can't end this access\./);
    expect(homeOf(stage, 'olga')).not.toContain('For operators');
    expect(await inLedger(stage, id)).toMatchObject({ state: 'active' });
    await operatorsAre('olga');
    await homeSaysNot(stage, 'eve', /For operators/);
    await shows('olga', /For operators/);

    await clickHome(stage, 'olga', 'End access', id);
    await shows('olga', /Everything granted\nNothing at the moment\./);
    await shows('ana', /What you hold\nNothing[\s\S]*Ended by <@U0OLGA>/i);
    await card(slack, id, /Ended by <@U0OLGA>/i);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  });

  test('filters by instance and by person, and shows all again', async () => {
    const ids = {
      shop: await granted('ana', 'orders_read'),
      vault: await granted('ana', 'vault_read', 'vault'),
      ben: await granted('ben', 'orders_read'),
    };
    const only = (...shown: readonly string[]) =>
      slack
        .waitFor(() => {
          const words = homeOf(stage, 'olga');
          return Object.values(ids).every((id) => words.includes(id) === shown.includes(id));
        })
        .catch((cause: unknown) => {
          throw new Error(`only ${shown.join(', ')} in: ${homeOf(stage, 'olga')}`, { cause });
        });
    await only(ids.shop, ids.vault, ids.ben);
    await olga.choose('home_instance', 'Vault (vault)', 'home');
    await only(ids.vault);
    expect(homeButtons(stage, 'olga')).toEqual(expect.arrayContaining(['Pause on Vault', 'Show all']));
    await olga.choose('home_instance', 'All instances', 'home');
    await olga.fill('home_person', CAST.ana, 'home');
    await only(ids.shop, ids.vault);
    await olga.choose('home_instance', 'Shop (shop)', 'home');
    await only(ids.shop);
    await clickHome(stage, 'olga', 'Show all');
    await only(ids.shop, ids.vault, ids.ben);
    for (const id of Object.values(ids)) {
      await clickHome(stage, 'olga', 'End access', id);
      await untilInLedger(stage, id, 'ended');
    }
    await only();
  });

  test('what is overdue comes first, as soon as it is', async () => {
    const late = await granted('ben', 'orders_read');
    const soon = await granted('ana', 'orders_read');
    await shows('olga', new RegExp(`${late}[\\s\\S]*${soon}`));
    await stage.server.stop();
    // As if its time had been up for a minute in two seconds.
    await changeInLedger(stage, late, `expires_at = now() - interval '58 s'`);
    const shown = await shows(
      'olga',
      new RegExp(`1 revocation overdue[\\s\\S]*Overdue[\\s\\S]*${late}[\\s\\S]*${soon}`),
    );
    expect(shown).toMatch(/`hallpass status` shows what blocks them\./);
    await stage.server.start();
    await homeSaysNot(stage, 'olga', /verdue/);
    await clickHome(stage, 'olga', 'End access', soon);
    await untilInLedger(stage, soon, 'ended');
  });

  test('granting is paused with a reason, and resumed, there', async () => {
    await olga.choose('home_instance', 'Shop (shop)', 'home');
    await slack.waitFor(() => homeButtons(stage, 'olga').includes('Pause on Shop'));
    await clickHome(stage, 'olga', 'Pause on Shop');
    await slack.waitFor(() => olga.openedView()?.callbackId === 'granting_pause_submit');
    expect((await olga.submit()).outcome).toBe('errors');
    await olga.fill('Why?', 'a <!here> breach');
    slack.faults.duplicateNext();
    expect(await olga.submit()).toEqual({ outcome: 'closed' });
    const paused = await shows('olga', /:double_vertical_bar: Granting is paused on `shop`\. .* paused it/);
    expect(paused).toMatch(/olga \(U0OLGA\) paused it .*: a &lt;!here&gt; breach/);
    await operatorsRead(/Granting is paused on shop[\s\S]*olga \(U0OLGA\): a <!here> breach/);

    const id = await request(slack, 'ana', WISH);
    await shows('ana', /What you asked for[\s\S]*Granting is paused on `shop`/);
    await shows('cora', new RegExp(id));
    await clickHome(stage, 'cora', 'Approve', id);
    await shows('cora', new RegExp(`^:information_source: ${id} is approved, and not granted yet`));
    await shows('ana', /What you hold[\s\S]*Approved, not granted yet: granting is paused/);
    const seen = olgasHome();
    await operatorsAre('olga', 'eve');
    await shows('eve', /Granting is paused on `shop`/);
    await clickHome(stage, 'eve', 'Resume');
    await untilInLedger(stage, id, 'active');
    await shows('ana', /What you hold[\s\S]*psql/);
    await operatorsRead(/Granting has resumed on shop[\s\S]*eve \(U0EVE\)/);
    await olga.click('home', 'Resume', { seen: seen.blocks });
    await shows('olga', /^:information_source: Granting was not paused there any more\./);
    await clickHome(stage, 'olga', 'End access', id);
    await untilInLedger(stage, id, 'ended');

    await clickHome(stage, 'olga', 'Show all');
    await slack.waitFor(() => homeButtons(stage, 'olga').includes('Pause everywhere'));
    await clickHome(stage, 'olga', 'Pause everywhere');
    await slack.waitFor(() => olga.openedView()?.callbackId === 'granting_pause_submit');
    await olga.fill('Why?', 'an incident');
    // Between the form and its answer the group changed.
    await operatorsAre('eve');
    await homeSaysNot(stage, 'olga', /For operators/);
    expect(await olga.submit()).toMatchObject({ outcome: 'errors', by: 'app' });
    await olga.closeView();
    expect(homeOf(stage, 'eve')).not.toContain('Granting is paused');
  });
});
