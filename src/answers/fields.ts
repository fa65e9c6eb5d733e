import { jsonFields } from './json.ts'
import { bareAnswerKey } from './answer-key.ts'
import { extractAnswer } from './answer.ts'
import { unfence } from './code.ts'
import type { Candidate } from '../sampling/candidate.ts'

/** The value of a field that an object lacks. */
const absent = ''
/** Objects are compared down to this level; deeper values are compared whole. */
const deepest = 6

/**
 * The candidate whose JSON answer is nearest to what most candidates say in each field: it differs from the most common value
 * in the fewest fields, and agrees with the most candidates over all fields. A real candidate, never one put together of
 * several. Undefined unless all candidates answer with JSON objects.
 */
export function nearestByFields<T extends Pick<Candidate, 'text'>>(candidates: readonly T[]): T | undefined {
  const objects = candidates.map(({ text }) => fieldsOf(text))
  if (objects.length < 2 || !objects.every(object => object !== undefined)) return undefined
  const names = new Set(objects.flatMap(object => [...object.keys()]))
  const scores = candidates.map(() => [0, 0])
  for (const name of names) {
    const values = objects.map(object => object.get(name) ?? absent)
    const counts = new Map<string, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    const most = Math.max(...counts.values())
    // A field of free text, different in each, says nothing about agreement.
    if (most === 1) continue
    for (const [index, value] of values.entries()) {
      const votes = counts.get(value)!
      if (votes === most) scores[index]![0]!++
      scores[index]![1]! += votes
    }
  }
  const order = [...candidates.keys()].toSorted(
    (one, other) =>
      scores[other]![0]! - scores[one]![0]! || scores[other]![1]! - scores[one]![1]! || one - other,
  )
  return candidates[order[0]!]
}

/** The key of each value of an object, by its path. */
function fieldsOf(text: string): ReadonlyMap<string, string> | undefined {
  const fields = jsonFields(unfence(extractAnswer(text).trim()).trim())
  return fields && new Map(leavesOf(fields, '', 1))
}

function leavesOf(
  fields: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
): (readonly [string, string])[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const place = `${path}/${JSON.stringify(name)}`
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isObject && depth < deepest)
      return leavesOf(value as Readonly<Record<string, unknown>>, place, depth + 1)
    return [[place, typeof value === 'string' ? bareAnswerKey(value) : JSON.stringify(value)] as const]
  })
}
