/** A Home with something in each list. */
import type { PreviewResult } from '../../src/domain/postgres/preview.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { HomeFacts } from '../../src/surfaces/home/home.js';
import type { HomeItem, Standing, ToDecide } from '../../src/surfaces/home/item.js';
import type { Page } from '../../src/surfaces/home/list.js';
import type { Scene } from '../../src/surfaces/kit/message.js';
import { ANA, BO, EXPIRES, SITUATIONS, scene } from './samples.js';

const PREVIEW: PreviewResult = {
  ok: true,
  preview: {
    danger: 'write',
    reasons: [],
    databases: [
      {
        name: 'shop',
        schemas: [{ name: 'sales', read: 4, write: 2, owns: 0, newRead: 4, newWrite: 2 }],
        others: null,
      },
    ],
    unread: [],
    moreUnread: 0,
    leaks: [],
  },
};

const REPEAT = {
  id: 7,
  requestId: 1042,
  requester: ANA,
  target: 'shop',
  role: 'orders_read',
  login: 'ana_login',
  maxMs: 3_600_000,
  approver: BO,
  createdAt: new Date('2026-11-21T02:00:00Z'),
  until: EXPIRES,
  end: null,
} as const;

const STRAY = {
  id: 3,
  kind: 'leftover',
  target: 'shop',
  role: 'orders_read',
  login: 'ana_login',
  request: { id: 1001, requester: ANA, endedAt: EXPIRES },
  orphanId: null,
  askedBy: null,
  because: null,
  absentAt: null,
  foundAt: EXPIRES,
  sessions: 'auto',
  trouble: null,
  end: null,
} as const;

export function pageOf<T>(items: readonly T[], more = 0): Page<T> {
  const total = items.length + more;
  return { items, total, page: more > 0 ? 1 : 0, pages: more > 0 ? 3 : 1 };
}

export interface Sample {
  /** What a request looks like. */
  readonly as: (request: AccessRequest) => AccessRequest;
  readonly scene: Scene;
  /** Of each list but the operators', which has twice as many. */
  readonly size: number;
  /** Entries on other pages. */
  readonly more: number;
  readonly words: string;
}

const PLAIN: Sample = { as: (request) => request, scene, size: 1, more: 0, words: 'we look into it' };

/** What an operator sees who decides, reviews and asks. */
export function fullHome(sample: Partial<Sample> = {}): HomeFacts {
  const { as, scene: where, size, more, words } = { ...PLAIN, ...sample };
  const times = <T>(n: number, one: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => one(i));
  const item = (request: AccessRequest): HomeItem => ({ request: as(request), scene: where });
  const decide: ToDecide = {
    ...item({ ...SITUATIONS.pending, requester: BO }),
    preview: PREVIEW,
    cardUrl: 'https://acme.slack.com/archives/C0ACCESS/p1795226400000100',
  };
  const standing = (overdue: boolean): Standing => ({
    ...item(overdue ? SITUATIONS.overdue : SITUATIONS.active),
    overdue,
  });
  const used = item({
    ...SITUATIONS.active,
    requester: BO,
    decidedRule: 'break_glass',
    emergency: { verdict: 'due', by: null, words: null, asked: 1 },
  });
  const repeat = item(SITUATIONS.active);
  return {
    reader: ANA,
    notice: null,
    unfit: null,
    unread: null,
    held: pageOf(
      times(size, () => item(SITUATIONS.active)),
      more,
    ),
    decide: pageOf(
      times(size, () => decide),
      more,
    ),
    review: pageOf(
      times(size, () => used),
      more,
    ),
    asked: pageOf(
      times(size, (i) => item(i % 2 === 0 ? SITUATIONS.pending : SITUATIONS.denied)),
      more,
    ),
    repeats: pageOf(
      times(size, () => ({
        ...repeat,
        scene: {
          ...where,
          again: { repeatMs: null, made: { ...REPEAT, role: repeat.request.role }, lost: null },
        },
      })),
      more,
    ),
    mayAsk: { instances: times(size, () => where.targetName), why: null, command: '/request', choices: 3 },
    operators: {
      standing: pageOf(
        times(size * 2, (i) => standing(i % 2 === 0)),
        more,
      ),
      overdue: size,
      strays: { strays: times(size, () => STRAY), total: size + more },
      pauses: times(size + more, (i) => ({
        target: i === 0 ? null : repeat.request.target,
        by: words,
        because: words,
        since: EXPIRES,
      })),
      instance: null,
      person: null,
      choices: 3,
    },
  };
}

export const EMPTY: HomeFacts = {
  ...fullHome({ size: 0 }),
  mayAsk: { instances: ['Shop'], why: null, command: '/request', choices: 0 },
  operators: null,
};
