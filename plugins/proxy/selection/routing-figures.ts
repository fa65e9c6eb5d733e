import { TalliedHistogram } from '../../../src/metrics/tallied-histogram.ts'
import { failureCodes } from '../../../src/attempt/failure.ts'
import { withEach } from '../../../src/metrics/known-series.ts'
import type { LabelValues } from '../../../src/metrics/known-series.ts'
import type { Metric } from '../../../src/metrics/metric.ts'
import { TalliedCounter } from '../../../src/metrics/tallied-counter.ts'
import type { Member } from '../pool/member.ts'
import type { Selection } from './selection.ts'

/** Upper bounds for the time in the queue, in seconds. */
const buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Every two of them, in both orders. */
function* pairsOf(names: readonly string[]): Generator<LabelValues> {
  for (const from of names) for (const to of names) if (from !== to) yield [from, to]
}

/** Counts what happens to calls that are not answered by the first attempt. */
export class RoutingFigures {
  readonly #failovers: TalliedCounter
  readonly #retries: TalliedCounter
  readonly #waits = new TalliedHistogram({
    name: 'hulumanage_queue_wait_seconds',
    help: 'Seconds that calls waited for a provider, by result: slot, or none if they waited in vain',
    labels: ['result'],
    buckets,
    known: () => [['slot'], ['none']],
  })
  readonly #limited = new TalliedCounter(
    'hulumanage_provider_limit_refusals_total',
    'Calls that were refused because the rate limits of all their providers were used up',
    [],
  )

  /** `names`: those of the providers. */
  constructor(names: () => readonly string[]) {
    this.#failovers = new TalliedCounter(
      'hulumanage_failovers_total',
      'Calls that were sent to another provider after one failed, by the two and the error code',
      ['from', 'to', 'reason'],
      () => withEach(pairsOf(names()), failureCodes),
    )
    this.#retries = new TalliedCounter(
      'hulumanage_retries_total',
      'Calls that were sent to the same provider again, by the reason: retry or another_key',
      ['provider', 'reason'],
      () =>
        withEach(
          names().map(name => [name]),
          ['retry', 'another_key'],
        ),
    )
  }

  get metrics(): readonly Metric[] {
    return [this.#failovers, this.#retries, this.#waits, this.#limited]
  }

  /** Counts that a call which failed at a provider goes to `to`; `reason`: the code of the failure. */
  sentOn(from: Member, to: Selection, reason: string): void {
    if (from !== to.member) this.#failovers.add(1, from.name, to.member.name, reason)
    else this.#retries.add(1, to.member.name, to.reason === 'another key' ? 'another_key' : 'retry')
  }

  /** Counts a call that its providers' rate limits keep from being sent. */
  refused(): void {
    this.#limited.add(1)
  }

  /** Times a wait for a slot, which settles as `wait` does. */
  async time<R>(wait: Promise<R | undefined>): Promise<R | undefined> {
    const begunAt = performance.now()
    let result: R | undefined
    try {
      result = await wait
      return result
    } finally {
      this.#waits.observe((performance.now() - begunAt) / 1000, result === undefined ? 'none' : 'slot')
    }
  }
}
