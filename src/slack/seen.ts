/** As many as arrive in five minutes at a busy place: a payload that Slack signed is accepted for so long. */
const MOST = 10_000;

/**
 * Tells whether a payload came before, by the id that Slack gives to each interaction (`trigger_id`); in this process,
 * among the last 10,000. Only for the log: that a repetition has no second effect is not decided here, but by the
 * view that makes one request, the version that makes one change, and the trigger that opens one form.
 */
export function createSeen(): (id: string) => boolean {
  const seen = new Set<string>();
  return (id) => {
    if (seen.has(id)) return true;
    seen.add(id);
    if (seen.size > MOST) for (const oldest of [...seen].slice(0, MOST / 2)) seen.delete(oldest);
    return false;
  };
}
