import { textOf } from '../../chat/read/fields.ts'
import { createHash } from 'node:crypto'
import type { SimulatedReply } from './model.ts'

const defaultDimensions = 32
const maxDimensions = 4096

/**
 * The reply to a call for embeddings; undefined for any other call. Each word of an input has its own direction, so that
 * texts with words in common are near each other. The same text always has the same embedding.
 */
export function embeddingsReply(
  method: string,
  path: string,
  body: string,
  firstMs: number,
): SimulatedReply | undefined {
  if (method !== 'POST' || !/\/embeddings(?:\?|$)/.test(path)) return undefined
  const request = requestOf(body)
  const json = { status: 200, contentType: 'application/json', firstMs, betweenMs: 0 }
  if (!request) {
    const message = 'The body must be a JSON object with an input'
    const error = { message, type: 'invalid_request_error', param: 'input', code: null }
    return { ...json, status: 400, parts: [JSON.stringify({ error })] }
  }
  return { ...json, parts: [JSON.stringify(embed(request))] }
}

interface EmbeddingsRequest {
  readonly model?: unknown
  readonly input?: unknown
  readonly dimensions?: unknown
  readonly encoding_format?: unknown
}

function requestOf(body: string): EmbeddingsRequest | undefined {
  try {
    const value = JSON.parse(body) as EmbeddingsRequest | null
    return value?.input === undefined ? undefined : value
  } catch {
    return undefined
  }
}

function embed({ model, input, dimensions, encoding_format: format }: EmbeddingsRequest): object {
  const inputs = inputsOf(input).map(wordsOf)
  const size =
    typeof dimensions === 'number' ? Math.min(maxDimensions, Math.max(1, dimensions)) : defaultDimensions
  const data = inputs.map((words, index) => {
    const vector = vectorOf(words, size)
    return { object: 'embedding', index, embedding: format === 'base64' ? toBase64(vector) : [...vector] }
  })
  const tokens = inputs.reduce((sum, words) => sum + words.length, 0)
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } }
}

/** The inputs of a request, which is one text or list of tokens, or a list of them. */
function inputsOf(input: unknown): readonly unknown[] {
  if (!Array.isArray(input)) return [input]
  return typeof input[0] === 'number' ? [input] : (input as unknown[])
}

function wordsOf(input: unknown): readonly string[] {
  if (Array.isArray(input)) return input.map(each => (typeof each === 'string' ? each : JSON.stringify(each)))
  return (
    textOf(input)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? ['']
  )
}

/** The sum of the directions of all words, scaled to length 1 as in real services. */
function vectorOf(words: readonly string[], size: number): Float32Array {
  const sum = new Float32Array(size)
  for (const word of words) {
    // The digest is as long as the vector; each byte becomes a number from -1 to 1.
    const digest = createHash('shake256', { outputLength: size }).update(word).digest()
    for (const [at, byte] of digest.entries()) sum[at]! += (byte - 127.5) / 127.5
  }
  const length = Math.hypot(...sum)
  return sum.map(value => value / length)
}

/** Encodes a vector as little-endian 32-bit floats in base64, the format that OpenAI's SDKs request. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4)
  return bytes.toString('base64')
}
