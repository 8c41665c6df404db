/** Slack's emoji names. The set is GitHub's; where Slack says something else, it is here. */
import { nameToEmoji } from 'gemoji';

const SLACK_NAMES: Readonly<Record<string, string>> = {
  double_vertical_bar: 'pause_button',
  black_square_for_stop: 'stop_button',
  black_circle_for_record: 'record_button',
  large_green_circle: 'green_circle',
  large_yellow_circle: 'yellow_circle',
  large_orange_circle: 'orange_circle',
  large_purple_circle: 'purple_circle',
  large_red_square: 'red_square',
  large_green_square: 'green_square',
  large_yellow_square: 'yellow_square',
  simple_smile: 'slightly_smiling_face',
  thinking_face: 'thinking',
  hugging_face: 'hugs',
  face_with_rolling_eyes: 'roll_eyes',
  the_horns: 'metal',
  heavy_exclamation_mark: 'exclamation',
  admission_tickets: 'tickets',
  lower_left_ballpoint_pen: 'pen',
  three_button_mouse: 'computer_mouse',
  hammer_and_wrench: 'hammer_and_wrench',
  male_detective: 'detective',
  sleuth_or_spy: 'detective',
};
/** The Fitzpatrick modifiers, from `skin-tone-2` on. */
const TONES = ['\u{1F3FB}', '\u{1F3FC}', '\u{1F3FD}', '\u{1F3FE}', '\u{1F3FF}'];

/** @param tone 2 to 6, as Slack counts. @returns null: no emoji has that name */
export function emojiOf(name: string, tone: number | null = null): string | null {
  const known = nameToEmoji[SLACK_NAMES[name] ?? name] ?? flagOf(name);
  if (known === undefined) return null;
  const modifier = tone === null ? undefined : TONES[tone - 2];
  if (modifier === undefined) return known;
  const [first = '', ...rest] = known.replace('\uFE0F', '');
  return /^\p{Emoji_Modifier_Base}/u.test(first) ? [first, modifier, ...rest].join('') : known;
}

/** `flag-nl` */
function flagOf(name: string): string | undefined {
  const [, country] = /^flag-([a-z]{2})$/.exec(name) ?? [];
  if (country === undefined) return undefined;
  return [...country].map((letter) => String.fromCodePoint(0x1f1e6 + letter.charCodeAt(0) - 97)).join('');
}
