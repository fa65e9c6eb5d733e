import type { Operation } from '../../contract/index.ts'
import { codingOf, passedHeaders } from '../../http/headers.ts'
import type { ResponseHeaders } from '../../http/headers.ts'
import type { AttemptOptions } from '../options.ts'
import { readEmbeddings } from './embeddings-body.ts'
import { decodeBody, JsonReply, readCompletion } from './json-body.ts'
import { relayedWhole } from '../relayed-answer.ts'
import { CompleteReply } from '../../chat/reply.ts'

/** A body that has come to its end, as it was sent. */
export interface WholeBody {
  readonly headers: ResponseHeaders
  readonly chunks: readonly Buffer[]
  /** What the provider was sent and must not repeat to the client. */
  readonly secrets: readonly string[]
}

const readers = { chat: readCompletion, embeddings: readEmbeddings }

/** The answer in a whole body, with its bytes where they may be relayed. Throws an `AttemptFailure` where it is none. */
export async function readWhole(options: AttemptOptions, body: WholeBody): Promise<CompleteReply> {
  const { headers, chunks, secrets } = body
  const { name } = options.provider
  const operation: Operation = options.call.request.operation ?? 'chat'
  const coding = codingOf(headers)
  let bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  if (coding) bytes = await decodeBody(name, coding, bytes, options.maxResponseBytes)
  const { completion, untouched } = readers[operation](options, bytes, secrets)
  const relayed = relayedWhole(options, bytes)
  if (relayed) return new JsonReply(completion, name, passedHeaders(headers), relayed.bytes, relayed.dialect)
  return untouched
    ? new JsonReply(completion, name, passedHeaders(headers), bytes, operation)
    : new CompleteReply(completion, name)
}
