/** Preloaded into the real program: its clock is eight days ahead. */
const AHEAD = 8 * 86_400_000;
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) =>
    args.length === 0 ? new target(RealDate.now() + AHEAD) : Reflect.construct(target, args),
});
