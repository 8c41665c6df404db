import type { InputBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { reasonUnfit } from '../../src/surfaces/forms/form-words.js';
import {
  type Form,
  reasonOption,
  requestModal,
  roleOption,
  targetOption,
} from '../../src/surfaces/forms/request-form.js';
import { usualAnswer } from '../../src/surfaces/forms/who-is-asked.js';

const MINUTE = 60_000;
const target = { key: 'shop-prod', name: 'Shop', environment: 'production' };
const role = { role: 'orders_write', about: 'Change orders' };

const form: Form = {
  channel: 'C0SHOP',
  elsewhere: [],
  asks: [],
  offers: [],
  preview: null,
  target: null,
  role: null,
  login: null,
  notice: null,
  durationsMs: [30 * MINUTE, 60 * MINUTE, 240 * MINUTE],
  defaultMs: 60 * MINUTE,
  maxMs: 240 * MINUTE,
  reasonRequired: true,
  reasonRule: null,
  emergency: null,
  typed: { durationMs: null, reason: null },
};

function inputs(given: Partial<Form>): readonly InputBlock[] {
  return requestModal({ ...form, ...given }).blocks.filter(
    (block): block is InputBlock => block.type === 'input',
  );
}

const idsOf = (given: Partial<Form>) => inputs(given).map(({ block_id }) => block_id);

describe('the request form', () => {
  it('opens empty, with two searches that answer at once and tell us what was chosen', () => {
    const [targetInput, roleInput] = inputs({});
    for (const input of [targetInput, roleInput]) {
      expect(input).toMatchObject({
        dispatch_action: true,
        element: { type: 'external_select', min_query_length: 0 },
      });
    }
    expect(idsOf({})).toEqual(['target', 'role', 'duration', 'other_duration', 'reason']);
    expect(requestModal(form).private_metadata).toBe('{"v":1,"target":null,"channel":"C0SHOP"}');
  });

  it('shows who you are there, and clears a role and a duration that were chosen for something else', () => {
    const filled = { target, role, login: 'ana' };
    expect(idsOf(filled)).toEqual([
      'target',
      'role:shop-prod',
      'duration:orders_write',
      'other_duration',
      'reason',
    ]);
    const view = requestModal({ ...form, ...filled });
    expect(view.private_metadata).toBe('{"v":1,"target":"shop-prod","channel":"C0SHOP"}');
    expect(JSON.stringify(view.blocks)).toContain('You are `ana` on Shop.');
  });

  it('preselects the default, or what was typed', () => {
    const chosen = (durationMs: number | null) =>
      inputs({ typed: { durationMs, reason: 'ticket 812' } }).map(({ element }) =>
        'initial_option' in element
          ? element.initial_option?.value
          : 'initial_value' in element
            ? element.initial_value
            : undefined,
      );
    expect(chosen(null)).toEqual([undefined, undefined, '1h', undefined, 'ticket 812']);
    expect(chosen(30 * MINUTE)).toEqual([undefined, undefined, '30m', undefined, 'ticket 812']);
    expect(chosen(90 * MINUTE)).toEqual([undefined, undefined, '1h', '1h30m', 'ticket 812']);
  });

  it('asks for a reason as the policy says, and names the longest duration', () => {
    expect(inputs({ reasonRequired: true }).at(-1)?.optional).toBe(false);
    expect(inputs({ reasonRequired: false }).at(-1)?.optional).toBe(true);
    expect(inputs({}).at(-2)?.hint?.text).toBe('Up to 4 hours, written like 45m or 1h30m.');
  });

  it('shows what stands in the way, and the danger of a role', () => {
    const blocks = JSON.stringify(
      requestModal({ ...form, target, role: { role: 'pg_monitor', about: null }, notice: 'No <login>.' })
        .blocks,
    );
    expect(blocks).toContain('"plain_text","text":"No <login>."');
    expect(blocks).toContain('*Danger:* `pg_monitor` reads all server settings');
  });
});

describe('its alerts, before everything else', () => {
  const alertsIn = (given: Partial<Form>) =>
    requestModal({ ...form, ...given }).blocks.flatMap((block) =>
      'level' in block ? [`${block.level}: ${block.text.text}`] : [],
    );
  const preview = (danger: 'write' | 'admin', reasons: readonly string[]) => ({
    ok: true as const,
    preview: { danger, reasons, databases: [], unread: [], moreUnread: 0, leaks: [], at: new Date(0) },
  });

  it('name production, and nothing for other environments', () => {
    expect(alertsIn({ target })).toEqual(['warning: Shop is production.']);
    expect(alertsIn({ target: { ...target, environment: 'PROD eu' } })).toHaveLength(1);
    for (const environment of [null, 'staging', 'product catalog']) {
      expect(alertsIn({ target: { ...target, environment } })).toEqual([]);
    }
  });

  it('name a danger once: of what administers, and not of what writes', () => {
    const shown = (danger: 'write' | 'admin', reasons = ['has CREATEROLE']) => {
      const given = { role, login: 'ana', preview: preview(danger, reasons) };
      return [alertsIn(given), JSON.stringify(requestModal({ ...form, ...given }).blocks).match(/Danger:/g)];
    };
    expect(shown('admin')).toEqual([['error: *Danger:* admin: has CREATEROLE'], ['Danger:']]);
    expect(shown('write')).toEqual([[], ['Danger:']]);
    const long = [`can run ${'x'.repeat(100)}`, `can read ${'y'.repeat(140)}`];
    expect(shown('admin', long)[0]).toEqual([`error: *Danger:* admin: ${long[0]}`]);
  });

  it('hold what stands in the way, or a paragraph does when it is longer than an alert', () => {
    expect(alertsIn({ notice: 'You have no login there.' })).toEqual(['warning: You have no login there.']);
    expect(alertsIn({ notice: 'x'.repeat(201) })).toEqual([]);
  });
});

it.each([
  [20_000, '1 minute'],
  [5.2 * MINUTE, '6 minutes'],
  [89 * MINUTE, '1 hour 29 minutes'],
  [100 * MINUTE, '2 hours'],
  [60 * 60 * MINUTE, '3 days'],
])('says that answers within %d ms usually come within %s', (ms, says) => {
  expect(usualAnswer(ms)).toBe(`Requests for it are usually answered within ${says}.`);
});

it('says who will be asked, below the role', () => {
  const view = requestModal({
    ...form,
    ...{ target, role: { role: 'pg_monitor', about: null }, login: 'ana' },
    asks: ['Asked to decide: <!subteam^S0DBA>'],
  });
  const at = view.blocks.findIndex((block) =>
    JSON.stringify(block).includes('Asked to decide: <!subteam^S0DBA>'),
  );
  expect(JSON.stringify(view.blocks[at - 1])).toContain('role:shop-prod');
  expect(view.blocks[at + 1]?.block_id).toBe('duration:pg_monitor');
});

it('says in which channels more may be asked for, as links', () => {
  const { blocks } = requestModal({ ...form, target, elsewhere: ['C0PROD', 'C0ONCALL'] });
  expect(JSON.stringify(blocks)).toContain(
    'More roles are available if you type the command in <#C0PROD>, <#C0ONCALL>.',
  );
  expect(JSON.stringify(requestModal(form).blocks)).not.toContain('More roles are available');
});

describe('the options of its searches', () => {
  it('show what people know, and hold what the configuration knows', () => {
    expect(targetOption(target)).toMatchObject({
      text: { text: 'Shop (shop-prod)' },
      value: 'shop-prod',
      description: { text: 'production' },
    });
    expect(roleOption(role)).toMatchObject({
      text: { text: 'orders_write' },
      value: 'orders_write',
      description: { text: 'Change orders' },
    });
    expect(roleOption({ role: 'pg_read_all_data', about: 'Read' }).description?.text).toMatch(
      /^Danger: reads every/,
    );
  });

  it('show what an owner wrote of a role as far as there is room, and as plain text', () => {
    const about = `<!channel> \u202E${'🦆'.repeat(10_000)}`;
    const { description } = roleOption({ role: 'orders_read', about });
    expect(description).toMatchObject({ type: 'plain_text' });
    expect(description?.text).toMatch(/^<!channel> \\u\{202e\}🦆+…$/u);
    expect(description?.text.length).toBeLessThanOrEqual(75);
  });

  it('cut the name of a target before its key', () => {
    expect(targetOption({ ...target, name: 'S'.repeat(200) }).text.text).toMatch(/^S{10,}… \(shop-prod\)$/);
  });
});

describe('what the reason must hold', () => {
  const hintOf = (hint: string | null) =>
    inputs({ reasonRule: { pattern: '[A-Z]+-\\d+', hint, link: null } }).at(-1)?.hint?.text;

  it('is said below the field, in the words of the configuration or by its pattern', () => {
    expect(hintOf('The ticket, like OPS-123')).toBe(
      'The ticket, like OPS-123. Approvers see it, and it is kept in the audit trail.',
    );
    expect(hintOf(null)).toBe(
      'Something that matches [A-Z]+-\\d+. Approvers see it, and it is kept in the audit trail.',
    );
  });

  it('is said beside it when it lacks', () => {
    expect(reasonUnfit({ pattern: 'x', hint: 'The ticket, like OPS-123.', link: null })).toBe(
      'Add this to the reason: The ticket, like OPS-123.',
    );
  });
});

describe('why a menu has nothing to choose', () => {
  const said = (why: string) => {
    const { text, description } = reasonOption(why);
    return [text.text, description?.text];
  };

  it.each([
    ['Choose an instance first.', undefined],
    ['You can’t request anything on “Shop” from here.', 'Choose it to see which channels you can use.'],
  ])('breaks after a sentence or a clause: %s', (first, second) => {
    const why = second === undefined ? first : `${first} ${second}`;
    expect(said(why)).toEqual([first, second]);
  });

  it('breaks between two words where no clause fits, and inside one only when there is no other', () => {
    const words =
      'Hallpass knows no login of yours on any of the instances that it was configured to serve here';
    const [first = '', second = ''] = said(words);
    expect(`${first} ${second}`).toBe(words);
    expect(said('x'.repeat(100))[0]).toHaveLength(75);
  });

  it('breaks no clause when the next one is too long', () => {
    const why =
      'Slack did not say who is in “sre”, so Hallpass can’t tell whether you can request “orders_write”.';
    expect(said(why)[0]).toBe('Slack did not say who is in “sre”,');
  });
});
