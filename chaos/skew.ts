/** Loaded before Hallpass by `node --import`: this process's clock is wrong by CHAOS_SKEW_MS milliseconds. */
const skewMs = Number(process.env.CHAOS_SKEW_MS);

globalThis.Date = new Proxy(Date, {
  construct: (real, given, made) =>
    Reflect.construct(real, given.length > 0 ? given : [real.now() + skewMs], made),
  apply: (real) => new real(real.now() + skewMs).toString(),
  get: (real, key) => (key === 'now' ? () => real.now() + skewMs : Reflect.get(real, key)),
});
