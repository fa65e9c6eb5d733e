import { failureCodes } from '../../attempt/failure.ts'
import type { ConfigView } from '../../config/current.ts'
import type { AttemptReport } from '../../contract/index.ts'
import { withEach } from '../../metrics/known-series.ts'
import { TalliedHistogram } from '../../metrics/tallied-histogram.ts'
import type { Metric } from '../../metrics/metric.ts'
import { TalliedCounter } from '../../metrics/tallied-counter.ts'
import { secondsBuckets } from './buckets.ts'
import { knownModels, pricedModels } from './known-models.ts'
import type { ModelLabels } from './model-labels.ts'

/** The outcome of a hedge by that of its attempt. */
const hedgeOutcomes: Readonly<Record<string, string>> = {
  ok: 'won',
  outpaced: 'lost',
  client_closed: 'cancelled',
}

/** Counts attempts at providers. */
export class AttemptFigures {
  readonly #labels: ModelLabels
  readonly #attempts: TalliedCounter
  readonly #latency: TalliedHistogram
  readonly #tokens: TalliedCounter
  readonly #details: TalliedCounter
  readonly #cost: TalliedCounter
  readonly #hedges = new TalliedCounter(
    'hulumanage_hedges_total',
    'Second attempts at calls that were slow to begin, by outcome: won, lost, failed or cancelled',
    ['outcome'],
    () => [...Object.values(hedgeOutcomes), 'failed'].map(outcome => [outcome]),
  )

  constructor(labels: ModelLabels, currentConfig: ConfigView) {
    this.#labels = labels
    const models = () => knownModels(currentConfig.value, labels)
    this.#attempts = new TalliedCounter(
      'hulumanage_upstream_attempts_total',
      'Calls to providers, by provider, model and outcome',
      ['provider', 'model', 'outcome'],
      () => withEach(models(), ['ok', ...failureCodes]),
    )
    this.#latency = new TalliedHistogram({
      name: 'hulumanage_upstream_head_seconds',
      help: "Seconds to a provider's first content, for attempts that succeeded",
      labels: ['provider', 'model'],
      buckets: secondsBuckets,
    })
    this.#tokens = new TalliedCounter(
      'hulumanage_upstream_tokens_total',
      'Tokens of attempts by provider, model and kind; partly estimated',
      ['provider', 'model', 'kind'],
      () => withEach(models(), ['prompt', 'completion']),
    )
    this.#details = new TalliedCounter(
      'hulumanage_upstream_token_details_total',
      'Parts of these tokens: cached and cache_write of the prompt, reasoning of the completion',
      ['provider', 'model', 'kind'],
      () => withEach(models(), ['cached', 'cache_write', 'reasoning']),
    )
    this.#cost = new TalliedCounter(
      'hulumanage_cost_usd_total',
      'Cost of attempts in USD, by provider, model and outcome, if the price is known; partly estimated',
      ['provider', 'model', 'outcome'],
      () => withEach(pricedModels(currentConfig.value, labels), ['ok']),
    )
  }

  get metrics(): readonly Metric[] {
    return [this.#attempts, this.#latency, this.#tokens, this.#details, this.#cost, this.#hedges]
  }

  count(report: AttemptReport): void {
    const { provider, outcome, headMs, cost, usage, reason } = report
    const model = this.#labels.labelOf(report.model, outcome === 'ok')
    this.#attempts.add(1, provider, model, outcome)
    if (cost?.usd) this.#cost.add(cost.usd, provider, model, outcome)
    if (outcome === 'ok') this.#latency.observe(headMs / 1000, provider, model)
    if (reason === 'hedge') this.#hedges.add(1, hedgeOutcomes[outcome] ?? 'failed')
    if (usage) this.#countTokens(usage, provider, model)
  }

  #countTokens(usage: NonNullable<AttemptReport['usage']>, provider: string, model: string): void {
    this.#tokens.add(usage.prompt_tokens, provider, model, 'prompt')
    this.#tokens.add(usage.completion_tokens, provider, model, 'completion')
    const { cached_tokens: cached, cache_creation_tokens: written } = usage.prompt_tokens_details ?? {}
    const reasoning = usage.completion_tokens_details?.['reasoning_tokens']
    if (cached) this.#details.add(cached, provider, model, 'cached')
    if (written) this.#details.add(written, provider, model, 'cache_write')
    if (reasoning) this.#details.add(reasoning, provider, model, 'reasoning')
  }
}
