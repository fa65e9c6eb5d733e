import { createHash } from 'node:crypto'
import type { ChatRequest } from '../../../src/plugin.ts'

/** The indexes below `count` in an order that looks random, and is the same for the same request and the same `salt`. */
export function shuffleIndexes(request: ChatRequest, count: number, salt = ''): readonly number[] {
  const requestDigest = digestOf(request)
  const indexes = Array.from({ length: count }, (_empty, index) => index)
  const ranks = indexes.map(index => digest(`${requestDigest} ${salt}${index}`))
  return indexes.toSorted((left, right) => (ranks[left]! < ranks[right]! ? -1 : 1))
}

/** The digests of requests: an approach shuffles dozens of times for one request, which may be large. */
const digests = new WeakMap<ChatRequest, string>()

function digestOf(request: ChatRequest): string {
  const known = digests.get(request)
  if (known !== undefined) return known
  const made = digest(JSON.stringify([request.seed ?? null, request.messages]))
  digests.set(request, made)
  return made
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
