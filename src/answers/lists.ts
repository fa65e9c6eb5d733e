import { closesAtEnd, itemsOf } from './parts.ts'
import { assignmentsOf, pointsOf, valuesOfOne } from './relation.ts'
import { unquoted } from './bare-term.ts'
import { valueOf } from './value/index.ts'

/** Finds the key of an item. */
type KeyOf = (term: string) => string

/** A longer text is prose, and no list. */
const longestTerm = 300

/** The key that the values of "2, 3" have as the set {2, 3}; undefined for other texts. */
export function setOf(term: string, keyOf: KeyOf): string | undefined {
  const isBound = /[<>≤≥]/.test(term) && /\band\b/.test(term)
  if (term.length > longestTerm || isBound || /^[([{]/.test(term)) return undefined
  const { items, joint } = itemsOf(term)
  if (items.length < 2) return undefined
  const keys = items.map(item => keyOf(item))
  return joint === '|' && areWords(keys) ? undefined : setKey(keys)
}

function setKey(keys: readonly string[]): string {
  return `set:${sorted(new Set(keys)).join('|')}`
}

/** "x = 1 or x = 2" as the set of its values, "x = 1 and y = 2" by name; undefined for any other text. */
export function namedKey(text: string, keyOf: KeyOf): string | undefined {
  if (text.length > longestTerm) return undefined
  const [, both] = /^(?:[a-z]\s?=\s?)?±\s?([\w.√/π]{1,40})$/i.exec(unquoted(text)) ?? []
  if (both !== undefined) return setKey([keyOf(both), keyOf(`-${both}`)])
  const [, middle, distance] =
    /^(?:[a-z]\s?=\s?)?([^±=,;]{1,40}?)\s?±\s?([^±=,;]{1,40})$/i.exec(unquoted(text)) ?? []
  if (middle !== undefined && valueOf(`${middle}+(${distance})`))
    return setKey([keyOf(`${middle}+(${distance})`), keyOf(`${middle}-(${distance})`)])
  if (!text.includes('=')) return undefined
  const { items } = itemsOf(unquoted(text))
  const points = text.includes(';') ? pointsOf(unquoted(text)) : undefined
  if (points) return setKey(points.map(point => keyOf(point)))
  const values = valuesOfOne(items)
  if (values) return setKey(values.map(value => keyOf(value)))
  const pairs = items.length > 1 ? assignmentsOf(items) : undefined
  if (!pairs) return undefined
  const names = new Set(pairs.map(([name]) => name))
  const keys = pairs.map(([name, value]) => [name, keyOf(value)] as const)
  if (names.size === 1) return setKey(keys.map(([, key]) => key))
  return names.size === pairs.length
    ? `names:${sorted(keys.map(pair => pair.join('='))).join(';')}`
    : undefined
}

/** Keys of the values of "x = 1 and y = 2" without their names, as a list and a point; those of x_1 and x_2 also as a set. */
export function valuesOf(text: string, keyOf: KeyOf): readonly string[] | undefined {
  const { items } = itemsOf(unquoted(text))
  const pairs = assignmentsOf(items)
  if (!pairs || pairs.length < 2) return undefined
  const keys = pairs.map(([, value]) => keyOf(value))
  const lists = [`list:${keys.join(',')}`, `list:(${keys.join(',')})`]
  const letters = new Set(pairs.map(([name]) => name.split('_')[0]))
  return letters.size === 1 && text.includes('_') ? [...lists, setKey(keys)] : lists
}

function sorted(keys: Iterable<string>): string[] {
  return [...keys].toSorted()
}

/** Whether items are words: "A or B" leaves open which one, unlike "A and B"; of numbers, both are the set of solutions. */
function areWords(keys: readonly string[]): boolean {
  return keys.every(key => /^(?:choice|text):[\p{L}\s'-]+$/u.test(key))
}

/** The [2] of [1, [2]]; alone, its brackets mean nothing. */
const listOfOne = /^\[[^[\],]*\]$/

/** The keys of the items of a list; the order within braces, as of a set, does not count. */
export function listKey(term: string, keyOf: KeyOf): string | undefined {
  const [open = '', close = ''] = [term[0], term.at(-1)]
  const enclosed = /^[([{]$/.test(open) && /^[)\]}]$/.test(close) && closesAtEnd(term)
  const { items, joint } = itemsOf(enclosed ? term.slice(1, -1) : term)
  if (items.length < 2) return undefined
  const keys = items.map(item => (enclosed && listOfOne.test(item) ? `list:[${keyOf(item)}]` : keyOf(item)))
  const isSet = open === '{' || (!enclosed && !areWords(keys) && joint === '|')
  const arePoints = !enclosed && keys.every(key => key.startsWith('list:('))
  if (!enclosed && term.includes('∪') && keys.every(key => /^set:(?!.*set:)/.test(key)))
    return setKey(keys.flatMap(key => key.slice('set:'.length).split('|')))
  if (isSet || arePoints) return setKey(keys)
  if (!enclosed && (keys.every(key => key.startsWith('choice:')) || (areWords(keys) && joint === '|')))
    keys.sort()
  return enclosed ? `list:${open}${keys.join(joint)}${close}` : `list:${keys.join(joint)}`
}
