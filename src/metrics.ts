/**
 * What Prometheus reads. Gauges of what is granted, late or waiting come from the ledger at each scrape, so every replica
 * says the same; the rest is about this process. Invariant: a label has no more values than the configuration has names.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { inTime } from './in-time.js';
import type { Figures } from './ledger/figures.js';
import { version } from './version.js';

/** A ledger that takes longer than this is left out of the answer, milliseconds. */
const LEDGER_MS = 1_500;

export type SlackToken = 'bot' | 'app-level';

/** Why nothing new is granted on a target. */
const REASONS = [
  'unreachable',
  'standby',
  'login_unfit',
  'anchor_forged',
  'ledger_doubted',
  'other_server',
] as const;
export type BlockReason = (typeof REASONS)[number];

/** What this process last saw of a target. */
export interface TargetState {
  /** It answered; null: not asked yet. */
  readonly up: boolean | null;
  readonly blocked: ReadonlySet<BlockReason>;
}

/** What each scrape asks. */
export interface Sources {
  /** What the ledger counts now. */
  figures(): Promise<Figures>;
  targets(): ReadonlyMap<string, TargetState>;
  /** Does it answer? null: not known yet. Services that aren't configured are left out. */
  readonly services: Readonly<Partial<Record<'redis' | 'slack' | 'pagerduty', () => boolean | null>>>;
}

const NAMES: Readonly<Record<string, string>> = { redis: 'Redis', slack: 'Slack', pagerduty: 'PagerDuty' };
/** The other reasons are in the ledger. */
const SEEN_HERE = REASONS.filter((reason) => reason !== 'ledger_doubted' && reason !== 'other_server');

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics({ figures: read, targets, services }: Sources) {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const gauge = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name: `hallpass_${name}`, help, labelNames, registers });

  gauge('build_info', 'The release that runs.', 'version').set({ version }, 1);
  const sweeps = new Counter({
    name: 'hallpass_sweeps_total',
    help: 'Sweeps of a target by this process; left: something is to be tried again.',
    labelNames: ['outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'hallpass_sweep_duration_seconds',
    help: 'How long a sweep of a target took.',
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60],
    registers,
  });
  const undelivered = new Counter({
    name: 'hallpass_undelivered_total',
    help: 'Messages and pages that this process sent in vain; each is tried again.',
    labelNames: ['service'],
    registers,
  });
  const steps = new Counter({
    name: 'hallpass_ladder_steps_total',
    help: 'Steps that this process told because nobody had decided a request.',
    registers,
  });
  const refused = gauge('slack_token_refused', '1 while Slack refuses this token.', 'token');
  const ledgerUp = gauge(
    'ledger_up',
    '1 when the ledger answered; else the gauges read from it are left out.',
  );
  const upOf = Object.entries(services).map(([service, isUp]) => ({
    one: gauge(`${service}_up`, `1 when ${NAMES[service]} answered last, 0 when it did not.`),
    isUp,
  }));
  const help = {
    up: '1 when the target answered this process last, 0 when it did not.',
    blocked: '1 while nothing new is granted on the target for this reason.',
    overdue: 'Revocations not proved a minute after they were due: page when above 0.',
    inUse: 'Of those, the ones with an open session at the last look.',
    granted: 'For how long what ended within a day was granted.',
    session: 'Of that, for how long a session was open, as far as Hallpass saw.',
    oldest: 'How long the first of them has been due.',
    compared: 'When all memberships were last compared with the ledger.',
    paused: '1 while an operator has paused granting there: revocations go on.',
    requests: 'Open requests; ending: to be revoked, because its time is up or it was ended.',
    shut: '1 while Slack takes no message in this channel; D: in direct messages.',
  };
  const targetUp = gauge('target_up', help.up, 'target');
  const blocked = gauge('target_blocked', help.blocked, 'target', 'reason');
  const byTarget = {
    active: gauge('active_grants', 'Memberships that are granted.', 'target'),
    inUse: gauge('grants_in_use', help.inUse, 'target'),
    grantedMinutes: gauge('granted_minutes_last_day', help.granted, 'target'),
    sessionMinutes: gauge('session_minutes_last_day', help.session, 'target'),
    overdue: gauge('overdue_revocations', help.overdue, 'target'),
    oldestSeconds: gauge('overdue_oldest_seconds', help.oldest, 'target'),
    compared: gauge('last_full_sweep_timestamp_seconds', help.compared, 'target'),
    paused: gauge('paused', help.paused, 'target'),
  };
  const requests = gauge('requests', help.requests, 'state');
  const shut = gauge('channel_refused', help.shut, 'channel');
  const totals = {
    leftovers: gauge('leftovers', 'Memberships to be revoked that no open request accounts for.'),
    undecidable: gauge('undecidable_requests', 'Requests that wait and that nobody can decide.'),
    unreviewed: gauge('emergencies_unreviewed', 'Emergency grants that no reviewer has judged.'),
    messagesWaiting: gauge('messages_waiting', 'Messages to Slack that are to be sent.'),
    messagesFailing: gauge('messages_failing', 'Those that were not taken yet.'),
    pagesWaiting: gauge('pages_waiting', 'What PagerDuty is to be told.'),
  };

  function show(figures: Figures): void {
    for (const { name: target, doubted, stranger, ...counted } of figures.targets) {
      blocked.set({ target, reason: 'ledger_doubted' }, doubted ? 1 : 0);
      blocked.set({ target, reason: 'other_server' }, stranger ? 1 : 0);
      byTarget.active.set({ target }, counted.active);
      byTarget.inUse.set({ target }, counted.inUse);
      byTarget.grantedMinutes.set({ target }, counted.grantedMinutes);
      byTarget.sessionMinutes.set({ target }, counted.sessionMinutes);
      byTarget.overdue.set({ target }, counted.overdue);
      byTarget.oldestSeconds.set({ target }, counted.oldestSeconds ?? 0);
      byTarget.paused.set({ target }, counted.paused ? 1 : 0);
      if (counted.compared !== null) byTarget.compared.set({ target }, counted.compared);
    }
    for (const state of ['pending', 'granting', 'active', 'ending'] as const) {
      requests.set({ state }, figures[state]);
    }
    for (const channel of figures.shut) shut.set({ channel }, 1);
    for (const total of Object.keys(totals) as (keyof typeof totals)[]) totals[total].set(figures[total]);
  }

  /** What this process sees itself, known without the ledger. */
  function showSeen(): void {
    for (const one of [targetUp, blocked]) one.reset();
    for (const [target, { up, blocked: reasons }] of targets()) {
      if (up !== null) targetUp.set({ target }, up ? 1 : 0);
      for (const reason of SEEN_HERE) blocked.set({ target, reason }, reasons.has(reason) ? 1 : 0);
    }
    for (const { one, isUp } of upOf) {
      const answers = isUp();
      if (answers === null) one.remove();
      else one.set(answers ? 1 : 0);
    }
  }

  async function collect(): Promise<void> {
    const figures = await inTime(LEDGER_MS, read(), () => null).catch(() => null);
    ledgerUp.set(figures === null ? 0 : 1);
    // What was true a while ago must not be shown as if it were now.
    for (const one of [...Object.values(byTarget), requests, shut]) one.reset();
    for (const one of Object.values(totals)) one.remove();
    showSeen();
    if (figures !== null) show(figures);
  }

  let collecting: Promise<void> | null = null;
  return {
    contentType: register.contentType as string,
    /** All of it, in Prometheus's text format. */
    async text(): Promise<string> {
      // Scrapes at the same time ask the ledger once.
      collecting ??= collect().finally(() => {
        collecting = null;
      });
      await collecting;
      return register.metrics();
    },
    /** A sweep of one target took this long, milliseconds. */
    swept(outcome: 'done' | 'left' | 'broke off', ms: number): void {
      sweeps.inc({ outcome });
      duration.observe(ms / 1_000);
    },
    /** Slack or PagerDuty didn't accept a message or a page. */
    undelivered: (service: 'slack' | 'pagerduty') => undelivered.inc({ service }),
    /** A step of a request's ladder was told. */
    stepTold: () => steps.inc(),
    slackRefuses: (token: SlackToken, is: boolean) => refused.set({ token }, is ? 1 : 0),
  };
}
