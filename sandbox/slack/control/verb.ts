import { z } from 'zod';
import { Actor } from '../actor.js';
import { Impossible } from '../impossible.js';
import type { Json, JsonObject } from '../json.js';
import { check } from '../validate/report.js';
import type { World } from '../world/world.js';

/** Checks the arguments and does it. Throws Impossible. */
export type Verb = (world: World, args: JsonObject) => Promise<Json>;

type Shape = z.ZodRawShape;
type Args<S extends Shape> = z.output<z.ZodObject<S, z.core.$strict>>;

/** Something done to the sandbox. */
export function verb<S extends Shape>(shape: S, run: (world: World, args: Args<S>) => unknown): Verb {
  const schema = z.strictObject(shape);
  return async (world, raw) => {
    const args = check(schema, raw, []);
    if (!args.ok) throw new Impossible(args.messages.join('; '));
    return toJson(await run(world, args.value));
  };
}

/** Something that a person does; `user` says who. */
export function personVerb<S extends Shape>(
  shape: S,
  run: (actor: Actor, args: Args<S>, world: World) => unknown,
): Verb {
  const schema = z.strictObject(shape);
  return async (world, { user, ...raw }) => {
    const args = check(schema, raw, []);
    if (!args.ok) throw new Impossible(args.messages.join('; '));
    return toJson(await run(new Actor(world, String(user)), args.value, world));
  };
}

/** Plain JSON, whatever `value` holds; nothing at all is null. */
export function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null));
}
