/** `Date` for a clock: a date that is made without values, or called without `new`, is that of `now()`. */
export function virtualDate(now: () => number): DateConstructor {
  return new Proxy(Date, {
    construct: (real, values: unknown[], target) =>
      Reflect.construct(real, values.length === 0 ? [now()] : values, target) as Date,
    apply: real => new real(now()).toString(),
  })
}
