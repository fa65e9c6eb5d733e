import { CompleteReply } from '../../chat/reply.ts'
import { codingOf, passedHeaders } from '../../http/headers.ts'
import type { ResponseHeaders } from '../../http/headers.ts'
import type { AttemptFailure } from '../failure.ts'
import { nativeBytesFor } from '../native-events.ts'
import { secretsIn } from '../options.ts'
import type { AttemptOptions } from '../options.ts'
import { failureOfStatus } from '../status.ts'
import { readEmbeddings } from './embeddings-body.ts'
import { decodeBody, JsonReply, readCompletion } from './json-body.ts'

const readers = { chat: readCompletion, embeddings: readEmbeddings }

/** Reads a whole answer; the reply keeps its bytes if they may be relayed. Throws an `AttemptFailure` if it is not one. */
export async function readWhole(
  options: AttemptOptions,
  headers: ResponseHeaders,
  chunks: readonly Buffer[],
): Promise<CompleteReply> {
  const { provider, call, maxResponseBytes } = options
  const { operation = 'chat' } = call.request
  const coding = codingOf(headers)
  let bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  if (coding) bytes = await decodeBody(provider.name, coding, bytes, maxResponseBytes)
  const { completion, untouched } = readers[operation](options, bytes, secretsIn(options))
  const native = nativeBytesFor(options, bytes)
  if (native)
    return new JsonReply(completion, provider.name, passedHeaders(headers), native.bytes, native.dialect)
  return untouched
    ? new JsonReply(completion, provider.name, passedHeaders(headers), bytes, operation)
    : new CompleteReply(completion, provider.name)
}

/** Reads the body of an error status into the failure of the attempt. */
export function readError(
  options: AttemptOptions,
  status: number,
  headers: ResponseHeaders,
  chunks: readonly Buffer[],
): AttemptFailure {
  const body = Buffer.concat(chunks).toString('utf8')
  return failureOfStatus(options.provider.name, status, headers, body, secretsIn(options))
}
