/**
 * Remembers each answer for `ms`, counted from the question: it describes the moment it was asked for. Callers at the
 * same time share one question; a failure is not remembered.
 */
export function remember<Asked, Answer>(
  ms: number,
  ask: (asked: Asked) => Promise<Answer>,
  keyOf: (asked: Asked) => string,
): (asked: Asked) => Promise<Answer> {
  /** Oldest first: a Map keeps the order of insertion. */
  const known = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();

  return (asked) => {
    const now = performance.now();
    for (const [key, { at }] of known) {
      if (now - at < ms) break;
      known.delete(key);
    }
    const key = keyOf(asked);
    const fresh = known.get(key);
    if (fresh !== undefined) return fresh.answer;
    const entry = { at: now, answer: ask(asked) };
    known.set(key, entry);
    entry.answer.catch(() => {
      if (known.get(key) === entry) known.delete(key);
    });
    return entry.answer;
  };
}
