import type { ConfigView } from '../../config/current.ts'
import type { ErrorCode, MeterReading, RecoveryWay } from '../../contract/index.ts'
import { withEach } from '../../metrics/known-series.ts'
import { TalliedHistogram } from '../../metrics/tallied-histogram.ts'
import type { Metric } from '../../metrics/metric.ts'
import { TalliedCounter } from '../../metrics/tallied-counter.ts'
import type { Exchange } from '../exchange.ts'
import { callsBuckets, secondsBuckets } from './buckets.ts'
import { knownProviders } from './known-models.ts'
import type { ModelLabels } from './model-labels.ts'

/** The budgets that requests fail with for want of an answer. */
const budgetCodes: Partial<Record<ErrorCode, NonNullable<MeterReading['spent']>>> = {
  budget_calls: 'calls',
  budget_tokens: 'tokens',
  budget_usd: 'usd',
  budget_time: 'seconds',
  budget_client: 'client',
}

const recoveryWays: readonly RecoveryWay[] = ['start_over', 'restart', 'continue']

/** Counts requests to models, by model and chain. */
export class AnswerFigures {
  readonly #labels: ModelLabels
  readonly #duration = new TalliedHistogram({
    name: 'hulumanage_answer_duration_seconds',
    help: 'Seconds from the headers of a request to the end of its answer, by model and chain, if it has an answer',
    labels: ['model', 'approach'],
    buckets: secondsBuckets,
  })
  readonly #first = new TalliedHistogram({
    name: 'hulumanage_answer_first_seconds',
    help: 'Seconds to the first content of an answer, or to the whole one if it is not streamed, by model and chain',
    labels: ['model', 'approach'],
    buckets: secondsBuckets,
  })
  readonly #calls = new TalliedHistogram({
    name: 'hulumanage_calls_per_answer',
    help: 'Model calls behind an answer, by chain',
    labels: ['approach'],
    buckets: callsBuckets,
  })
  readonly #tokens = new TalliedCounter(
    'hulumanage_tokens_total',
    'Tokens used, summed over all calls of each request',
    ['kind'],
    () => [['prompt'], ['completion']],
  )
  readonly #wastedTokens = new TalliedCounter(
    'hulumanage_wasted_tokens_total',
    'The part of the tokens of attempts for answers that nobody uses: discarded, cancelled or failed',
    [],
  )
  readonly #wasted = new TalliedCounter(
    'hulumanage_wasted_cost_usd_total',
    'The part of the cost of requests for answers that nobody uses: discarded, cancelled or failed',
    [],
  )
  readonly #cache = new TalliedCounter(
    'hulumanage_cache_answers_total',
    'Answers of chains with a cache, by what the cache did: hit, miss or bypass',
    ['status'],
    () => [['hit'], ['miss'], ['bypass']],
  )
  readonly #budgets = new TalliedCounter(
    'hulumanage_budget_cuts_total',
    'Requests whose budget ran out, by budget and result: the best answer so far, or an error',
    ['budget', 'result'],
    () =>
      withEach(
        Object.values(budgetCodes).map(budget => [budget]),
        ['answer', 'error'],
      ),
  )
  readonly #recoveries = new TalliedCounter(
    'hulumanage_stream_recoveries_total',
    'Streams that broke and were taken over by a provider, by the way in which it wrote the rest',
    ['way'],
    () => recoveryWays.map(way => [way]),
  )
  readonly #malformed: TalliedCounter

  constructor(labels: ModelLabels, currentConfig: ConfigView) {
    this.#labels = labels
    this.#malformed = new TalliedCounter(
      'hulumanage_malformed_events_total',
      'Events of streams that were not JSON and were skipped, by provider',
      ['provider'],
      () => knownProviders(currentConfig.value),
    )
  }

  get metrics(): readonly Metric[] {
    return [
      this.#duration,
      this.#first,
      this.#calls,
      this.#tokens,
      this.#wastedTokens,
      this.#wasted,
      this.#cache,
      this.#budgets,
      this.#recoveries,
      this.#malformed,
    ]
  }

  count(exchange: Exchange): void {
    const { failure, outcome, cost, wastedTokens } = exchange
    if (cost.wasted_usd) this.#wasted.add(cost.wasted_usd)
    if (wastedTokens) this.#wastedTokens.add(wastedTokens)
    if (outcome) this.#countAnswer(exchange, outcome)
    else if (failure && budgetCodes[failure]) this.#budgets.add(1, budgetCodes[failure], 'error')
  }

  #countAnswer(
    { startedAt, answeredAt }: Exchange,
    { approach, meter, reply }: NonNullable<Exchange['outcome']>,
  ): void {
    const { cache } = reply.head
    const model = this.#labels.labelOf(reply.head.model, false)
    const { usage, recovered, skipped, spent, calls } = meter
    this.#duration.observe((performance.now() - startedAt) / 1000, model, approach)
    this.#first.observe((answeredAt - startedAt) / 1000, model, approach)
    if (calls > 0) this.#calls.observe(calls, approach)
    this.#tokens.add(usage.prompt_tokens, 'prompt')
    this.#tokens.add(usage.completion_tokens, 'completion')
    if (cache) this.#cache.add(1, cache)
    if (spent) this.#budgets.add(1, spent, 'answer')
    if (recovered) for (const { by } of recovered) this.#recoveries.add(1, by)
    if (skipped) for (const provider of skipped) this.#malformed.add(1, provider)
  }
}
