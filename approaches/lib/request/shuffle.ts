import { createHash } from 'node:crypto'
import type { ChatRequest } from '../../../src/plugin.ts'

/** The indexes below `count` in an order that looks random, and is the same for the same request and the same `salt`. */
export function shuffleIndexes({ messages, seed }: ChatRequest, count: number, salt = ''): readonly number[] {
  const requestDigest = digest(JSON.stringify([seed ?? null, messages]))
  const indexes = Array.from({ length: count }, (_empty, index) => index)
  const ranks = indexes.map(index => digest(`${requestDigest} ${salt}${index}`))
  return indexes.toSorted((left, right) => (ranks[left]! < ranks[right]! ? -1 : 1))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
