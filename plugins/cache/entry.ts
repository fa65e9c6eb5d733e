import { ChunkReader } from '../../src/chat/read/chunk.ts'
import { readCompletion } from '../../src/chat/read/completion.ts'
import { fieldsOf, wordsOf } from '../../src/chat/read/fields.ts'
import type { Fields } from '../../src/chat/read/fields.ts'
import { maxChoices, readHead } from '../../src/chat/read/head.ts'
import type { Expected } from '../../src/chat/read/head.ts'
import { UnreadableAnswer } from '../../src/chat/read/unreadable.ts'
import { countOf, readUsage } from '../../src/chat/read/usage.ts'
import type { ReplyHead, Usage } from '../../src/contract/index.ts'
import { usageChunk } from '../../src/chat/merge.ts'
import { StreamReply } from '../../src/chat/reply.ts'
import { chunksIn } from './frames.ts'
import type { SharedAnswer } from './flight.ts'
import { areSpoken, isSpoken } from './silence.ts'
import { storedWhole } from './whole.ts'
import { parseJson } from '../../src/text/json/parse.ts'

/** The line of JSON that precedes the bytes of a stored answer. */
export interface Preface {
  readonly head: ReplyHead
  /** Number of choices: the branches of a chain have more of them than the request asked for. */
  readonly choices: number
  /** Present for a stream only, whose chunks need not contain it. */
  readonly usage?: Usage
}

const lineFeed = 0x0a

/** An answer as it is stored: the preface, then the JSON of a whole one or the framed events of a stream. */
export function encode(preface: Preface, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(preface)}\n`), body])
}

/**
 * Decodes a stored answer. Others may write to a shared store, so that it crosses the same border as a provider's: throws if
 * the bytes are not a whole answer to the request.
 */
export function decode(bytes: Uint8Array, request: Expected): SharedAnswer {
  const { preface, body } = parts(bytes)
  const expected = { ...request, choices: readCount(preface['choices'], request) }
  const head = replyHead(preface['head'], expected)
  if (preface['usage'] !== undefined) return storedStream(head, preface['usage'], textOf(body), expected)
  const sent: unknown = parseJson(textOf(body))
  const completion = readCompletion(sent, expected)
  if (!isSpoken(completion)) throw new UnreadableAnswer('has no content')
  return storedWhole(completion, head, completion === sent ? body : Buffer.from(JSON.stringify(completion)))
}

/** The preface of a stored answer, which nobody has checked, and its bytes. */
export function parts(bytes: Uint8Array): { readonly preface: Fields; readonly body: Uint8Array } {
  const end = bytes.indexOf(lineFeed)
  const preface = fieldsOf(parseJson(textOf(bytes.subarray(0, end)))) ?? {}
  return { preface, body: bytes.subarray(end + 1) }
}

/** Never fewer choices than were asked for. */
function readCount(value: unknown, { choices }: Expected): number {
  const count = countOf(value)
  if (count === undefined || count < choices || count > maxChoices)
    throw new UnreadableAnswer('has no number of choices')
  return count
}

/** Reads the head of a stored answer. Throws `UnreadableAnswer` for bytes that are not one. */
export function replyHead(value: unknown, expected: Expected): ReplyHead {
  const fields = fieldsOf(value)
  if (!fields) throw new UnreadableAnswer('has no head')
  const provider = wordsOf(fields['provider'])
  return { ...readHead(fields, expected), ...(provider === undefined ? {} : { provider }) }
}

function storedStream(head: ReplyHead, sentUsage: unknown, frames: string, expected: Expected): SharedAnswer {
  const usage = readUsage(sentUsage)
  const read = [...chunksIn(frames, new ChunkReader(expected))]
  if (!usage || !areSpoken(read, expected.choices)) throw new UnreadableAnswer('has no content, or no usage')
  const { id } = head
  const chunks = [...read.map(chunk => (chunk.id === id ? chunk : { ...chunk, id })), usageChunk(head, usage)]
  async function* replay() {
    yield* chunks
  }
  return { reply: () => new StreamReply({ ...head, cache: 'hit' }, replay()) }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
}
