import { fieldsOf, readList, withFields } from './fields.ts'
import type { Fields } from './fields.ts'
import { UnreadableAnswer } from './unreadable.ts'

/**
 * The embeddings of an answer, at least one for each of `inputs`, each with the index of its input. The list itself if
 * it is valid. Throws `UnreadableAnswer`.
 */
export function readEmbeddingList(value: unknown, inputs: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new UnreadableAnswer('sent an answer without embeddings')
  if (value.length < inputs) throw new UnreadableAnswer('sent fewer embeddings than there were inputs')
  const seen = new Set<number>()
  let position = 0
  return readList(value, item => {
    const read = readEmbedding(item, position++, value.length)
    seen.add(read['index'] as number)
    if (seen.size < position) throw new UnreadableAnswer('sent two embeddings with one index')
    return read
  })
}

function readEmbedding(value: unknown, position: number, count: number): Fields {
  const item = fieldsOf(value)
  if (!item || !isVector(item['embedding'])) throw new UnreadableAnswer('sent an answer without embeddings')
  const index = item['index'] ?? position
  if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count)
    throw new UnreadableAnswer('sent an embedding with an index that no input has')
  return withFields(item, { object: 'embedding', index })
}

/** Numbers, or their bytes in base64. */
function isVector(value: unknown): boolean {
  if (typeof value === 'string') return value !== ''
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)
}
