import type { Scenario } from '../scenario/schema.ts'

/** A rate that holds from a time on, in seconds. */
type Step = Scenario['rps'][number]

/**
 * The times of requests in seconds, up to the end of the scenario. At random, they are a Poisson process whose rate follows
 * the steps; steady ones come when the rate has added up to one more.
 */
export function* arrivalsOf(
  { rps, arrivals, minutes }: Pick<Scenario, 'rps' | 'arrivals' | 'minutes'>,
  random: () => number,
): Generator<number, void> {
  const steps = rps.toSorted((one, other) => one.from - other.from)
  const end = minutes * 60
  let time = 0
  for (;;) {
    const amount = arrivals === 'steady' ? 1 : -Math.log(1 - random())
    const next = after(steps, time, amount, end)
    if (next === undefined) return
    yield (time = next)
  }
}

/** The time at which the rate since `time` has added up to an amount; undefined if that is after the end. */
function after(steps: readonly Step[], time: number, amount: number, end: number): number | undefined {
  let [from, left] = [time, amount]
  while (from < end) {
    const index = steps.findLastIndex(step => step.from <= from)
    const until = Math.min(steps[index + 1]?.from ?? end, end)
    const rate = steps[index]?.rps ?? 0
    const part = rate * (until - from)
    if (part > left) return from + left / rate
    left -= part
    from = until
  }
  return undefined
}
