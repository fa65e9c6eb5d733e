import type { Completion, ReplyHead, Usage } from '../../src/contract/index.ts'
import { usageChunk } from '../../src/chat/merge.ts'
import { StreamReply } from '../../src/chat/reply.ts'
import { chunksIn } from './frames.ts'
import type { SharedAnswer } from './flight.ts'
import { storedWhole } from './whole.ts'

/** The line of JSON that precedes the bytes of a stored answer. */
interface Preface {
  readonly head: ReplyHead
  /** Present for a stream only, whose chunks need not contain it. */
  readonly usage?: Usage
}

const lineFeed = 0x0a

/** A whole answer as it is stored: the preface, then its JSON. */
export function encodeWhole(head: ReplyHead, body: Uint8Array): Uint8Array {
  return encode({ head }, body)
}

/** A streamed answer as it is stored: the preface, then its framed events. */
export function encodeStream(head: ReplyHead, usage: Usage, frames: string): Uint8Array {
  return encode({ head, usage }, Buffer.from(frames))
}

function encode(preface: Preface, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(preface)}\n`), body])
}

/** Decodes a stored answer; throws if the bytes are not one. */
export function decode(bytes: Uint8Array): SharedAnswer {
  const end = bytes.indexOf(lineFeed)
  const { head, usage } = JSON.parse(textOf(bytes.subarray(0, end))) as Preface
  const body = bytes.subarray(end + 1)
  if (usage === undefined) return storedWhole(JSON.parse(textOf(body)) as Completion, head, body)
  return storedStream(head, usage, textOf(body))
}

function storedStream(head: ReplyHead, usage: Usage, frames: string): SharedAnswer {
  const chunks = [...chunksIn(frames), usageChunk(head, usage)]
  async function* replay() {
    yield* chunks
  }
  return { reply: () => new StreamReply({ ...head, cache: 'hit' }, replay()) }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
}
