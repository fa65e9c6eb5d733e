import { fieldsOf, readList, withFields } from './fields.ts'
import type { Fields } from './fields.ts'
import { UnreadableAnswer } from './unreadable.ts'

/**
 * The embeddings of an answer, at least one for each of `inputs`, each with the index of its input and in the encoding that
 * was asked for: OpenAI's SDKs ask for base64 and read nothing else, and many services send numbers. The list itself if it
 * is valid. Throws `UnreadableAnswer`.
 */
export function readEmbeddingList(value: unknown, inputs: number, encoding: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new UnreadableAnswer('sent an answer without embeddings')
  if (value.length < inputs) throw new UnreadableAnswer('sent fewer embeddings than there were inputs')
  const seen = new Set<number>()
  let position = 0
  return readList(value, item => {
    const read = readEmbedding(item, { position: position++, count: value.length, encoding })
    seen.add(read['index'] as number)
    if (seen.size < position) throw new UnreadableAnswer('sent two embeddings with one index')
    return read
  })
}

interface Expected {
  readonly position: number
  readonly count: number
  readonly encoding: unknown
}

function readEmbedding(value: unknown, { position, count, encoding }: Expected): Fields {
  const item = fieldsOf(Array.isArray(value) ? { embedding: value } : value)
  const vector = only(item?.['embedding'])
  if (!item || !isVector(vector)) throw new UnreadableAnswer('sent an answer without embeddings')
  const index = item['index'] ?? position
  if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count)
    throw new UnreadableAnswer('sent an embedding with an index that no input has')
  const embedding = encoded(vector, encoding)
  return withFields(item, { object: 'embedding', index, embedding })
}

/**
 * The vector in a list of one: llama.cpp has one for each token, or for all of them together. A list of several is
 * refused on purpose: each of them belongs to a token, and none to the whole input.
 */
function only(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 && Array.isArray(value[0]) ? value[0] : value
}

/** Numbers, or their bytes in base64. */
type Vector = string | readonly number[]

/** A vector as it was asked for: as numbers, unless base64 was. Other encodings are those of a service alone. */
function encoded(vector: Vector, encoding: unknown): Vector {
  if (encoding === 'base64' && typeof vector !== 'string') {
    const numbers = new Float32Array(vector)
    if (!numbers.every(Number.isFinite))
      throw new UnreadableAnswer('sent an embedding with a number too large')
    return Buffer.from(numbers.buffer).toString('base64')
  }
  if ((encoding ?? 'float') !== 'float' || typeof vector !== 'string') return vector
  const bytes = Buffer.from(vector, 'base64')
  const count = bytes.length / Float32Array.BYTES_PER_ELEMENT
  const numbers = Number.isInteger(count)
    ? Array.from({ length: count }, (_, at) => bytes.readFloatLE(at * Float32Array.BYTES_PER_ELEMENT))
    : []
  if (!isVector(numbers)) throw new UnreadableAnswer('sent an answer without embeddings')
  return numbers
}

function isVector(value: unknown): value is Vector {
  if (typeof value === 'string') return value !== ''
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)
}
