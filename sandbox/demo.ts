/** `npm run demo`: everything on one machine. `-- --tour` plays the story and exits; `--json` prints JSON lines. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import open from 'open';
import { hasBrowser } from './page/server/browser.js';
import { openStage } from './page/server/open-stage.js';
import { createReport } from './tour/report.js';
import { startStoryStage } from './tour/setting.js';
import { playTour } from './tour/tour.js';

const { values } = parseArgs({
  options: {
    tour: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** Prints the address, and opens no browser. */
    'no-open': { type: 'boolean', default: false },
    port: { type: 'string' },
  },
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
  const stage = await startStoryStage({ cli, onLine: (line) => log.push(line) });
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
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
  console.log(
    'Starting a Slack workspace, a PagerDuty, three Postgres servers and Hallpass, all on this machine …',
  );
  const opened = await openStage({
    cli,
    files: join(process.cwd(), 'build/page'),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  });
  try {
    console.log(`\n  ${opened.address}\n\nCtrl-C ends everything, and leaves nothing behind.`);
    if (!values['no-open'] && hasBrowser(process)) await open(opened.address);
    await ended;
    console.log('\nEnding …');
    return 0;
  } finally {
    await opened.close();
  }
}
