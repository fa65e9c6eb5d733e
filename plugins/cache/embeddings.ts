import { readEmbeddings } from '../../src/attempt/whole/embeddings-body.ts'
import { expectedBy } from '../../src/chat/read/head.ts'
import { UnreadableAnswer } from '../../src/chat/read/unreadable.ts'
import type { ChatRequest } from '../../src/contract/index.ts'
import { parts, replyHead } from './entry.ts'
import type { SharedAnswer } from './flight.ts'
import { storedWhole } from './whole.ts'

/**
 * Decodes stored embeddings, which cross the same border as a provider's: throws if the bytes are not one embedding for
 * each input of the request.
 */
export function decodeEmbeddings(bytes: Uint8Array, request: ChatRequest): SharedAnswer {
  const { preface, body } = parts(bytes)
  const head = replyHead(preface['head'], expectedBy(request))
  const { completion, untouched } = readEmbeddings(
    { provider: { name: 'cache' }, request },
    Buffer.from(body),
  )
  if (!untouched) throw new UnreadableAnswer('has embeddings that were not stored here')
  return storedWhole({ ...completion, id: head.id }, head, body)
}
