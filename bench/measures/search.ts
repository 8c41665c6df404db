/**
 * Asking for a role by its name, by a table, or by an error: how long the form's search takes to answer, among five
 * thousand roles that are found on a server and five thousand tables there, each with grants of its own.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { type Figures, shareOf } from '../figures.js';
import type { World } from '../world.js';

const ROLES = 5_000;
const TABLES = 5_000;
const SCHEMAS = 50;
const SEARCHES = 300;
/** Found, and read, milliseconds. */
const READ_MS = 60_000;

export async function measureSearch(world: World): Promise<Pick<Figures, 'search_ms'>> {
  const { stage, sql } = world;
  const more = await world.moreServers(1);
  const [[cluster], [key]] = [more.clusters, more.keys];
  if (cluster === undefined || key === undefined) throw new Error('there is no further server');
  const { HALLPASS_CONFIG: few = '' } = stage.env;
  const many = `${few}.search.yaml`;
  // The last lines are the target's.
  writeFileSync(many, `${readFileSync(few, 'utf8')}${more.yaml}    discover: [{ match: "app_*" }]\n`);
  try {
    await fill(cluster, stage.samples.hallpass.user);
    const took = await world.withHallpass(() => search(world, key), { HALLPASS_CONFIG: many });
    return { search_ms: { p50: shareOf(took, 0.5), p95: shareOf(took, 0.95) } };
  } finally {
    rmSync(many);
    await more.close();
    await sql('delete from targets where name = any($1)', [more.keys]);
  }
}

async function search({ stage: { slack } }: World, key: string): Promise<readonly number[]> {
  const person = slack.as(CAST.ana);
  const answer = await person.command('/request', key);
  if (answer.outcome !== 'ok') throw new Error(`/request: ${JSON.stringify(answer)}`);
  await slack.waitFor(() => person.openedView());
  const find = async (query: string) => {
    const began = performance.now();
    const found = await person.options('Role', query);
    return {
      ms: performance.now() - began,
      found: found.filter(({ value }) => value?.startsWith('app_')).length,
    };
  };
  const until = performance.now() + READ_MS;
  while ((await find('s2.t1')).found === 0) {
    if (performance.now() > until) throw new Error('the roles that give a table were not found');
    await sleep(200);
  }
  const took: number[] = [];
  for (let i = 0; i < SEARCHES; i++) {
    const n = 1 + ((i * 7_919) % TABLES);
    const name = `s${1 + (n % SCHEMAS)}.t${n}`;
    const text = [
      `app_${n}`,
      name,
      `t${n}`,
      `ERROR:  permission denied for table t${n}\nLINE 1: SELECT * FROM ${name}`,
    ][i % 4];
    const { ms, found } = await find(text ?? name);
    if (found === 0) throw new Error(`nothing was found for ${text}`);
    took.push(ms);
  }
  await person.closeView();
  return took;
}

/** Nested roles; each table is read by some of them and by all of their members, and written by one. */
async function fill(cluster: Cluster, hallpass: string): Promise<void> {
  await cluster.query(`do $$begin
    for n in 1..${ROLES} loop
      execute format('create role app_%s', n);
      if n > 100 then execute format('grant app_%s to app_%s', 1 + n % 100, n); end if;
      execute format('grant app_%s to ${hallpass} with admin true, inherit false, set false', n);
    end loop;
    for n in 1..${SCHEMAS} loop execute format('create schema s%s', n); end loop; end$$`);
  // Not all in one transaction: it would hold a lock for each.
  const batch = 500;
  for (let from = 1; from <= TABLES; from += batch) {
    await cluster.query(`do $$begin
      for n in ${from}..${from + batch - 1} loop
        execute format('create table s%s.t%s (n int)', 1 + n % ${SCHEMAS}, n);
        execute format('grant select on s%s.t%s to app_%s, app_%s, app_%s, app_%s', 1 + n % ${SCHEMAS}, n,
                       1 + n % 100, 1 + n * 7 % ${ROLES}, 1 + n * 11 % ${ROLES}, 1 + n * 13 % ${ROLES});
        execute format('grant insert, update, delete on s%s.t%s to app_%s', 1 + n % ${SCHEMAS}, n, 1 + n * 3 % ${ROLES});
      end loop; end$$`);
  }
  await cluster.query(`do $$begin
    for n in 1..${SCHEMAS} loop
      execute format('grant usage on schema s%s to %s', n,
                     (select string_agg('app_' || role, ', ') from generate_series(1, ${ROLES}) role));
    end loop; end$$`);
}
