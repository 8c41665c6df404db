/** `npm run chaos -- --seconds N --seed S [--redis | --postgres] [--without GROUP ...]`: does what is promised hold while all goes wrong? */
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULT_GROUPS } from './faults/groups.js';
import { createReport } from './report.js';
import { runChaos } from './run.js';
import { openStage } from './stage.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    redis: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
    without: { type: 'string', multiple: true, default: [] },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
if (!(seconds >= 10) || !Number.isSafeInteger(seed) || (values.redis && values.postgres)) {
  throw new Error(
    'usage: npm run chaos -- --seconds 60 --seed 1 [--redis | --postgres], 10 seconds at least',
  );
}
const without = FAULT_GROUPS.filter((group) => values.without.includes(group));
if (without.length < values.without.length) {
  throw new Error(`--without takes ${FAULT_GROUPS.join(', ')}`);
}
const cli = join(process.cwd(), 'dist/cli.js');
if (!existsSync(cli)) throw new Error('dist/cli.js is missing: start this with `npm run chaos`');

process.exitCode = await main();

async function main(): Promise<number> {
  const backend = values.redis ? 'redis' : 'postgres';
  const report = createReport((line) => console.log(line));
  const again = `npm run chaos -- --seconds ${seconds} --seed ${seed} --${backend}${without.map((group) => ` --without ${group}`).join('')}`;
  report.say(
    `seed ${seed}, ${seconds} s, alarms kept by ${backend === 'redis' ? 'Redis' : 'Postgres'}: ${again}`,
  );
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

  const logPath = join(process.cwd(), `build/chaos-${seed}-${backend}.log`);
  const log = createWriteStream(logPath);
  const onLine = (line: string) => void log.write(`${line}\n`);
  const stage = await openStage({ cli, backend, onLine });
  try {
    const held = await runChaos(stage, {
      seconds,
      seed,
      without,
      report,
      evidence: onLine,
      signal: ending.signal,
    });
    report.say(
      held
        ? '\nAll of it held.'
        : `\nNot all of it held. All that is known of it: ${logPath}\nAgain: ${again}`,
    );
    return held ? 0 : 1;
  } catch (error) {
    if (ending.signal.aborted) return 130;
    console.error(error);
    return 1;
  } finally {
    await stage.close();
    log.end();
  }
}
