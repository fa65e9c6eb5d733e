import type { Conversion } from '../conversion.ts'
import { renderPath } from '../../problems.ts'
import type { Path } from '../../problems.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import { reduced, wholeWeights } from '../weights.ts'
import { checksOf } from './pre-call-checks.ts'
import type { Sections } from './sections.ts'

/** An entry of `model_list` and its parameters. */
interface Place {
  readonly entry: ForeignMapping
  readonly params: ForeignMapping
}

const limits = { rpm: ['rate_limit', 'rpm'], tpm: ['rate_limit', 'tpm'] } as const
type Limit = keyof typeof limits

/** The mapping with a limit of a deployment: LiteLLM reads it from the entry, its parameters, and the facts about its model. */
function holderOf(limit: Limit, { entry, params }: Place): ForeignMapping | undefined {
  return holdersOf({ entry, params }).find(holder => isLimit(holder.get(limit)))
}

function holdersOf({ entry, params }: Place): readonly ForeignMapping[] {
  const info = entry.mapping('model_info')
  return info ? [entry, params, info] : [entry, params]
}

/** Whether a value is a limit here, or a reference that may be one. */
function isLimit(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('${')
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}

/** Carries the rate limits of a deployment over to a provider. */
export function convertRateLimits(place: Place, at: Path): void {
  for (const limit of Object.keys(limits) as Limit[]) {
    const holder = holderOf(limit, place)
    holder?.move(limit, [...at, ...limits[limit]])
    for (const other of holdersOf(place)) {
      if (other === holder) continue
      if (holder && isLimit(other.get(limit)))
        other.omit(limit, `yields to ${renderPath(holder.at(limit))}`, 'nothing')
      else other.omit(limit, 'expected a whole number of at least 1; left out', 'lost')
    }
  }
}

/** Whether a deployment has limits, which a second provider for it would double. */
export function isLimited(place: Place): boolean {
  return (
    place.params.get('max_parallel_requests') !== undefined ||
    holderOf('rpm', place) !== undefined ||
    holderOf('tpm', place) !== undefined
  )
}

/** The weights of deployments with the same name. Without any, LiteLLM draws them in proportion to their limits. */
export function weightsOf(places: readonly Place[], strategy: unknown): readonly number[] {
  const isWeighted = places.some(({ params }) => params.get('weight') !== undefined)
  const shares =
    isWeighted || strategy !== 'weighted' ? undefined : (sharesBy('rpm', places) ?? sharesBy('tpm', places))
  return wholeWeights(shares ?? places.map(({ params }) => params.number('weight') ?? 1))
}

/** The limits as shares; undefined unless each is a number. */
function sharesBy(limit: Limit, places: readonly Place[]): readonly number[] | undefined {
  const values = places.map(place => holderOf(limit, place)?.get(limit))
  const numbers = values.filter(value => typeof value === 'number')
  return numbers.length === places.length ? reduced(numbers) : undefined
}

/** Notes once that limits hold, which LiteLLM only draws by unless its strategy or a check says otherwise. */
export function noteLimits(
  places: readonly Place[],
  sections: Sections,
  strategy: unknown,
  ours: Conversion,
): void {
  const first = places.find(place => holderOf('rpm', place) ?? holderOf('tpm', place))
  if (!first || strategy === 'usage' || checksOf(sections).includes('enforce_model_rate_limits')) return
  const message =
    'calls beyond rpm and tpm go to another deployment, or wait; LiteLLM sends them all the same'
  ours.note(first.entry.path, message, 'otherwise')
}
