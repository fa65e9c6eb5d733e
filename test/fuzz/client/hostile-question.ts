import { requests } from '../../matrix/hostile/requests.ts'
import type { Question } from '../exchange.ts'
import { mutateTree } from '../mutate/tree.ts'
import type { Random } from '../random.ts'
import { paths } from './ask.ts'

/** A question with one or more changes to its body, often among most of the fields that its dialect has. */
export function hostileQuestion(random: Random, question: Question): Question {
  const all = random.chance(0.7) ? (requests[paths[question.dialect]] ?? {}) : {}
  const { model, stream } = question.body
  let body: unknown = { ...all, ...question.body, ...(random.chance(0.5) ? all : {}) }
  for (let changes = random.pick([1, 1, 1, 2, 5]); changes > 0; changes -= 1) body = mutateTree(random, body)
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  // The judge must know what was asked for.
  return {
    ...question,
    body: { ...(isObject ? (body as object) : {}), model, ...(stream === true && { stream }) },
    isHostile: true,
  }
}
