/** App Home, as people see it. */
import { buttonsOf, wordsOf } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import type { Name } from '../../sandbox/stage/people.js';
import type { Stage } from '../../sandbox/stage/stage.js';

/** All that stands on someone's Home; empty while nothing was published. */
export function homeOf({ slack }: Pick<Stage, 'slack'>, name: Name): string {
  return wordsOf(slack.as(CAST[name]).home()?.blocks ?? []);
}

export function homeButtons({ slack }: Pick<Stage, 'slack'>, name: Name): readonly string[] {
  return buttonsOf(slack.as(CAST[name]).home()?.blocks ?? []);
}

/** Waits for someone's Home to say this. @returns all that it says */
export function homeSays(stage: Pick<Stage, 'slack'>, name: Name, says: RegExp): Promise<string> {
  return until(stage, name, `${says}`, (words) => says.test(words));
}

/** Waits for someone's Home not to say this any more. */
export async function homeSaysNot(stage: Pick<Stage, 'slack'>, name: Name, says: RegExp): Promise<void> {
  await until(stage, name, `not ${says}`, (words) => words !== '' && !says.test(words));
}

async function until(
  stage: Pick<Stage, 'slack'>,
  name: Name,
  what: string,
  isSo: (words: string) => boolean,
): Promise<string> {
  try {
    return await stage.slack.waitFor(() => {
      const words = homeOf(stage, name);
      return isSo(words) ? words : undefined;
    });
  } catch (cause) {
    throw new Error(`the Home of ${name} was to say ${what}, and says: ${homeOf(stage, name)}`, { cause });
  }
}

/** Opens it, and waits until it is shown. */
export async function openHome(stage: Pick<Stage, 'slack'>, name: Name): Promise<string> {
  stage.slack.as(CAST[name]).openHome();
  return homeSays(stage, name, /What you hold|can’t reach its ledger/);
}

/** Clicks a button there. @param value the request's id, where several have such a button */
export async function clickHome(
  { slack }: Pick<Stage, 'slack'>,
  name: Name,
  button: string,
  value?: string,
): Promise<void> {
  const { outcome } = await slack.as(CAST[name]).click('home', button, value === undefined ? {} : { value });
  if (outcome !== 'ok') throw new Error(`${button} on the Home of ${name}: ${outcome}`);
}

/** Everything that Hallpass published on this person's Home. */
export function publishedTo({ slack }: Pick<Stage, 'slack'>, name: Name): number {
  return slack.log.filter(({ method, args }) => method === 'views.publish' && args.user_id === CAST[name])
    .length;
}
