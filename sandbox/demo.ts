/** `npm run demo`: everything on one machine. `-- --tour` plays the story and exits; `--json` prints JSON lines. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PEOPLE } from './postgres/samples.js';
import { type Stage, startStage } from './stage/stage.js';
import { createReport } from './tour/report.js';
import { addSecurity, withRules } from './tour/setting.js';
import { playTour } from './tour/tour.js';

const { values } = parseArgs({
  options: { tour: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const cli = join(process.cwd(), 'dist/cli.js');
if (!existsSync(cli)) throw new Error('dist/cli.js is missing: start this with `npm run demo`');

process.exitCode = await (values.tour ? tour() : demo());

async function tour(): Promise<number> {
  const began = performance.now();
  const report = createReport(values.json, (line) => console.log(line));
  const log: string[] = [];
  report.say(
    'Starting a Slack workspace, a PagerDuty, two Postgres servers and Hallpass, all on this machine …',
  );
  const stage = await startStage({
    cli,
    ordersAdmin: true,
    vault: true,
    configure: withRules,
    onLine: (line) => log.push(line),
  });
  addSecurity(stage.slack);
  try {
    const hallpass = await report.step('start', 'Hallpass is ready', () => stage.startHallpass());
    await playTour(stage, hallpass, report);
    report.say(`\nAll seen, in ${((performance.now() - began) / 1000).toFixed(0)} s.`);
    return 0;
  } catch (error) {
    console.error(error);
    console.error(`The end of Hallpass's log:\n${log.slice(-20).join('\n')}`);
    return 1;
  } finally {
    await stage.close();
  }
}

async function demo(): Promise<number> {
  const stage = await startStage({ cli });
  try {
    await stage.startHallpass();
    describe(stage);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    console.log('\nEnding …');
    return 0;
  } finally {
    await stage.close();
  }
}

function describe({ slack, pagerduty, samples, ledgerUrl, env }: Stage): void {
  console.log(`
Hallpass runs on this machine, with all that it lives among:

  Slack workspace    ${slack.url}   (control API: ${slack.url}/control/state)
  PagerDuty          ${pagerduty.url}
  Hallpass           http://127.0.0.1:${env.OPS_PORT}/readyz
  its ledger         psql '${ledgerUrl}'
  its configuration  ${env.HALLPASS_CONFIG}

The sample database as one of its engineers (try: select * from orders.orders):
${PEOPLE.map((name) => `  psql '${samples.people[name].url}'`).join('\n')}

The whole story, played by itself:  npm run demo -- --tour
Ctrl-C ends everything, and leaves nothing behind.`);
}
