import type { UpstreamErrorBody } from '../../contract/index.ts'
import type { Body } from './hint.ts'
import { listedValues } from './listed-values.ts'
import type { ListedValues } from './listed-values.ts'

/** A hint whose values are in an order, of which each model has some. */
interface Scale {
  /** The places of the field in the APIs of services. */
  readonly paths: readonly string[]
  /** Names that services have for it in their errors. */
  readonly named: RegExp
  /** The place of each value on the scale. */
  readonly places: Readonly<Record<string, number>>
  /** Values that only some models have: the next one towards the middle is tried in place of a refused one. */
  readonly rare: readonly string[]
}

/** Length of the beginning of an error that is read. */
const maxRead = 4000

/** By the names under which refusals are remembered. */
const scales: Readonly<Record<string, Scale>> = {
  reasoning_effort: {
    paths: ['reasoning_effort', 'reasoning.effort', 'output_config.effort'],
    named:
      /[\w.]{0,40}efforts?\b|\b(?:thinking|reasoning)[ _-]?levels?\b|\blevel ["'`](?:none|minimal|low|medium|x?high|max)["'`]/gi,
    // "default" of Groq is the effort of the model itself.
    places: { none: 0, minimal: 1, low: 2, medium: 3, default: 3, high: 4, xhigh: 5, max: 6 },
    rare: ['none', 'minimal', 'xhigh', 'max'],
  },
  verbosity: {
    paths: ['verbosity', 'text.verbosity'],
    named: /[\w.]{0,40}verbosity\b/gi,
    places: { low: 0, medium: 1, high: 2 },
    rare: [],
  },
}

/** Names of other fields: those with an underscore, apart from codes of errors, and some words that are fields with similar values. */
const otherField =
  /\b(?!\w+_(?:errors?|values?)\b)[a-z]+(?:_[a-z]+)+\b|\b(?:verbosity|effort|summary|detail|quality|tier|format|priority)\b/i

/** Values that other fields have as well, so that one of them alone is more likely part of their list. */
const ambiguous: readonly string[] = ['none', 'default']

/** The values that a model accepts for a field, by the field's name on a scale. */
export type AcceptedValues = ReadonlyMap<string, readonly string[]>

/** A field of which a model refuses the value that was sent. */
export interface RefusedValue {
  readonly name: string
  /** The values that it accepts, according to its error; one at least. */
  readonly accepted: readonly string[]
  /** The one of them that is nearest to the refused value. */
  readonly nearest: string
}

/**
 * The field whose value a service refuses, with the values that its model accepts as far as the error tells; undefined if it
 * is about anything else. Some services list no values: in place of a rare one, others are then tried. `sent` returns the
 * body that was refused. `before` are the values that are left after earlier refusals, so that a service that accepts none
 * of its own values is not asked without end.
 */
export function refusedValue(
  error: UpstreamErrorBody,
  sent: () => object,
  before: AcceptedValues | undefined,
): RefusedValue | undefined {
  const { param } = error
  const message = error.message.slice(0, maxRead)
  for (const [name, scale] of Object.entries(scales)) {
    const isNamed = param ? isPath(param, scale.paths) : message.search(scale.named) !== -1
    if (!isNamed) continue
    const given = listedFor(scale, message, param)
    const value = valueIn(sent() as Body, scale.paths)
    const listed = given.length > 0 ? given : othersFor(scale, error, value)
    const accepted = (before?.get(name) ?? listed).filter(other => other !== value && listed.includes(other))
    if (value !== undefined && accepted.length > 0)
      return { name, accepted, nearest: nearestTo(value, accepted, scale.places) }
  }
  return undefined
}

/** The values to try in place of a rare one that an error refuses without a list; none if it refuses anything else. */
function othersFor(scale: Scale, error: UpstreamErrorBody, value: string | undefined): readonly string[] {
  const { places, rare } = scale
  const message = error.message.slice(0, maxRead)
  if (value === undefined || !rare.includes(value) || !denial.test(message)) return []
  if (!error.param && !isSubject(scale.named, message)) return []
  const others = Object.keys(places).filter(other => other !== value && other !== 'default')
  // Of several values, the others may be those that it has as well as those that it lacks.
  const isAlone = !new RegExp(`\\b(?:${others.join('|')})\\b`, 'i').test(message)
  if (!isAlone || !new RegExp(`["'\`]${value}["'\`]`, 'i').test(message)) return []
  // `nearestTo` would prefer a value above a high one to the next below it.
  const place = places[value]!
  return place > places['medium']! ? others.filter(other => places[other]! < place) : others
}

/** Whether an error that names a field is about it: it names no other one, nor this one as a condition only. */
function isSubject(named: RegExp, message: string): boolean {
  const others = message.replace(named, '')
  if (otherField.test(others) || otherSubject.test(others)) return false
  return !condition.test(message.slice(0, message.search(named)))
}

/** Parts of requests that some efforts do not go with. */
const otherSubject =
  /\b(?:temperature|stop|seed|n|logprobs|stream(?:ing)?|tools?|functions?|web search|images?|audio|prefill(?:ing)?)\b/i

/** The end of a text before a field under which something else is refused: `not supported with reasoning_effort 'minimal'`. */
const condition =
  /\b(?:when|while|if|unless|with|without|because|since)\s+(?:(?:the|using|reasoning)\s+)*["'`]?$/i

const denial =
  /\bunsupported\b|\binvalid\b|(?:\bnot|n't)\s+(?:\w+\s+)?(?:support|valid|allow|accept|permit|available)/i

/** The values that an error lists for a field of which it tells; none if it may be about another field. */
function listedFor({ named, places }: Scale, message: string, param: string | null): readonly string[] {
  const listed = listedValues(message, Object.keys(places))
  if (!listed || (listed.values.length === 1 && ambiguous.includes(listed.values[0]!))) return []
  return param || isNamedNear(named, listed) ? listed.values : []
}

/** Whether a service that names the field of its error means this one, in whatever object it has it. */
function isPath(param: string, paths: readonly string[]): boolean {
  return paths.some(path => param === path || param.endsWith(`.${path}`) || param === path.split('.').at(-1))
}

/** Whether a list belongs to a field: no other one is named before it, and the field is named there or in "for reasoning_effort" behind it. */
function isNamedNear(named: RegExp, { before, after }: ListedValues): boolean {
  const others = before.replace(named, '')
  if (otherField.test(others)) return false
  if (others !== before) return true
  const at = after.search(named)
  return at !== -1 && /^\W{0,4}(?:for|as|in)\b[^.,;]{0,20}$/.test(after.slice(0, at))
}

/** The body with values that its model accepts; the same object if it has no others. */
export function withAcceptedValues<T extends Body>(body: T, accepted: AcceptedValues): T | Body {
  let result: T | Body = body
  for (const [name, values] of accepted) {
    const { paths, places } = scales[name]!
    const value = valueIn(result, paths)
    if (value === undefined || values.includes(value)) continue
    const nearest = nearestTo(value, values, places)
    for (const path of paths) result = withValue(result, path, value, nearest)
  }
  return result
}

/** Of two values that are as near as each other, the higher one. A value that is on no scale counts as the highest. */
function nearestTo(value: string, accepted: readonly string[], places: Scale['places']): string {
  const placeOf = (other: string): number => places[other] ?? Infinity
  const place = Object.hasOwn(places, value) ? placeOf(value) : Math.max(...Object.values(places))
  const distance = (other: string): number => Math.abs(placeOf(other) - place)
  const byHeight = accepted.toSorted((one, other) => placeOf(other) - placeOf(one))
  return byHeight.reduce((best, other) => (distance(other) < distance(best) ? other : best))
}

function valueIn(body: Body, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const [outer = '', inner] = path.split('.')
    const value = inner === undefined ? body[outer] : (body[outer] as Body | null | undefined)?.[inner]
    if (typeof value === 'string') return value
  }
  return undefined
}

function withValue(body: Body, path: string, from: string, to: string): Body {
  const [outer = '', inner] = path.split('.')
  if (inner === undefined) return body[outer] === from ? { ...body, [outer]: to } : body
  const object = body[outer] as Body | null | undefined
  return object?.[inner] === from ? { ...body, [outer]: { ...object, [inner]: to } } : body
}
