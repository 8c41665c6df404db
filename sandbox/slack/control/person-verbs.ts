/** What a person can do: type, choose, click, and look. */
import { z } from 'zod';
import { type SeenMessage, seenMessage } from '../act/seen.js';
import { Impossible } from '../impossible.js';
import { messageBlock, modalBlock } from '../validate/blocks.js';
import type { World } from '../world/world.js';
import { personVerb, type Verb } from './verb.js';

const optional = z.exactOptional;
const surface = optional(z.enum(['modal', 'home']));
/** The blocks as the person saw them: by now the app may have replaced them, and Slack made up other block ids. */
const seen = optional(z.array(z.union([messageBlock, modalBlock])));

export const personVerbs: Readonly<Record<string, Verb>> = {
  command: personVerb(
    { name: z.string(), text: z.string().default(''), where: optional(z.string()) },
    (actor, args) => actor.command(args.name, args.text, args.where),
  ),
  shortcut: personVerb({ callback: z.string() }, (actor, { callback }) => actor.shortcut(callback)),
  'message-shortcut': personVerb(
    { channel: z.string(), ts: z.string(), callback: z.string() },
    (actor, { channel, ts, callback }, world) =>
      actor.messageShortcut(messageAt(world, channel, ts), callback),
  ),
  options: personVerb({ element: z.string(), query: z.string().default(''), surface }, (actor, args) =>
    actor.options(args.element, args.query, args.surface),
  ),
  choose: personVerb(
    { element: z.string(), wanted: z.union([z.string(), z.array(z.string())]), surface },
    (actor, args) => actor.choose(args.element, args.wanted, args.surface),
  ),
  fill: personVerb({ element: z.string(), text: z.string(), surface }, (actor, args) =>
    actor.fill(args.element, args.text, args.surface),
  ),
  enter: personVerb({ element: z.string(), surface }, (actor, { element, surface }) =>
    actor.pressEnter(element, surface),
  ),
  submit: personVerb({}, (actor) => actor.submit()),
  'close-view': personVerb({}, (actor) => actor.closeView()),
  'click-view': personVerb(
    {
      surface: z.enum(['modal', 'home']),
      button: z.string(),
      value: optional(z.string()),
      confirm: z.boolean().default(true),
      seen,
    },
    (actor, { surface, button, ...how }) => actor.click(surface, button, how),
  ),
  'click-message': personVerb(
    {
      channel: z.string(),
      ts: z.string(),
      button: z.string(),
      value: optional(z.string()),
      confirm: z.boolean().default(true),
      seen,
    },
    (actor, { channel, ts, button, ...how }, world) =>
      actor.click(messageAt(world, channel, ts), button, how),
  ),
  'choose-message': personVerb(
    { channel: z.string(), ts: z.string(), element: z.string(), wanted: z.string(), seen },
    (actor, { channel, ts, element, wanted, seen }, world) =>
      actor.choose(element, wanted, messageAt(world, channel, ts), seen),
  ),
  say: personVerb(
    { where: z.string(), text: z.string(), thread: z.string().nullable().default(null) },
    (actor, { where, text, thread }) => actor.say(where, text, thread),
  ),
  'open-home': personVerb({ tab: z.enum(['home', 'messages']).default('home') }, (actor, args) =>
    actor.openHome(args.tab),
  ),
};

function messageAt(world: World, channel: string, ts: string): SeenMessage {
  const message = world.messages.find(channel, ts);
  if (!message) throw new Impossible(`There is no message ${ts} in ${channel}.`);
  return seenMessage(message);
}
