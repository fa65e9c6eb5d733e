import type { UpstreamErrorBody } from '../../contract/index.ts'
import type { Body } from './hint.ts'

/** A hint whose values are in an order, of which each model has some. */
interface Scale {
  /** The places of the field in the APIs of services. */
  readonly paths: readonly string[]
  /** Names that services have for it in their errors. */
  readonly named: RegExp
  /** The place of each value on the scale. */
  readonly places: Readonly<Record<string, number>>
}

/** Length of the beginning of an error that is read. */
const maxRead = 4000

/** By the names under which refusals are remembered. */
const scales: Readonly<Record<string, Scale>> = {
  reasoning_effort: {
    paths: ['reasoning_effort', 'reasoning.effort', 'output_config.effort'],
    named: /effort|reasoning|thinking|\blevels?\b/i,
    // "default" of Groq is the effort of the model itself.
    places: { none: 0, minimal: 1, low: 2, medium: 3, default: 3, high: 4, xhigh: 5, max: 6 },
  },
  verbosity: {
    paths: ['verbosity', 'text.verbosity'],
    named: /verbosity/i,
    places: { low: 0, medium: 1, high: 2 },
  },
}

/** The values that a model takes for a field, by the field's name on a scale. */
export type TakenValues = ReadonlyMap<string, readonly string[]>

/**
 * The field whose value a service refuses, and the values that it names as those of the model; undefined if the error is
 * about anything else, or names none. `sent` returns the body that was refused, `before` the values that earlier refusals
 * named: a service that takes none of its own values is not asked without end.
 */
export function refusedValue(
  { message, param }: UpstreamErrorBody,
  sent: () => object,
  before: TakenValues | undefined,
): { readonly name: string; readonly taken: readonly string[] } | undefined {
  const words = `${param ?? ''} ${message}`
  for (const [name, { paths, named, places }] of Object.entries(scales)) {
    if (!named.test(words) || (name !== 'verbosity' && /verbosity/i.test(words))) continue
    const listed = listedIn(message.slice(0, maxRead), Object.keys(places))
    if (listed.length === 0) continue
    const value = valueIn(sent() as Body, paths)
    const taken = (before?.get(name) ?? listed).filter(other => other !== value && listed.includes(other))
    if (value !== undefined && taken.length > 0) return { name, taken }
  }
  return undefined
}

/** The body with values that its model takes; the same object if it has no others. */
export function withTakenValues<T extends Body>(body: T, taken: TakenValues): T | Body {
  let result: T | Body = body
  for (const [name, values] of taken) {
    const { paths, places } = scales[name]!
    const value = valueIn(result, paths)
    if (value === undefined || values.includes(value)) continue
    const nearest = nearestTo(value, values, places)
    for (const path of paths) result = withValue(result, path, value, nearest)
  }
  return result
}

/** Of two values that are as near as each other, the higher one. A value that is on no scale counts as the highest. */
function nearestTo(value: string, taken: readonly string[], places: Scale['places']): string {
  const placeOf = (other: string): number => places[other] ?? Infinity
  const place = Object.hasOwn(places, value) ? placeOf(value) : Math.max(...Object.values(places))
  const distance = (other: string): number => Math.abs(placeOf(other) - place)
  const byHeight = taken.toSorted((one, other) => placeOf(other) - placeOf(one))
  return byHeight.reduce((best, other) => (distance(other) < distance(best) ? other : best))
}

/** The values in a list of an error, or behind its word for those that are supported. Other words may mean something else, such as "none of". */
function listedIn(message: string, values: readonly string[]): readonly string[] {
  const value = String.raw`[\s\[("'\`]*(?<![\w-])(?:${values.join('|')})(?![\w-])["'\`)\]]*`
  const list = new RegExp(`${value}(?:\\s*(?:,|\\||/|\\bor\\b|\\band\\b|,\\s*(?:or|and)\\b)${value})+`, 'i')
  const single = new RegExp(
    String.raw`(?<!un)(?:support|valid|allowed|accepted|expected|should be|must be)[^.:]{0,40}:?[\s\[]*["'\`](?:${values.join('|')})["'\`]`,
    'i',
  )
  const [found = ''] = list.exec(message) ?? single.exec(message) ?? []
  const words: readonly string[] = found.toLowerCase().match(/(?<![\w-])[a-z]+(?![\w-])/g) ?? []
  return values.filter(known => words.includes(known))
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
