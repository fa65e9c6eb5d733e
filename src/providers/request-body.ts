import type { Source } from '../chat/provider-call.ts'
import type { ChatRequest, Message, Operation } from '../contract/index.ts'

/** What depends on the service. */
interface BodyOptions {
  readonly addUsage: boolean
  /** Whether it wants its thinking back, which clients of other formats return as `reasoning_content`. */
  readonly keepsReasoning: boolean
}

/** The body of a call to a service with the chat API: the client's own bytes, as far as they can stay unchanged. */
export function chatBody(
  operation: Operation,
  request: ChatRequest,
  model: string,
  source: Source | undefined,
  { addUsage, keepsReasoning }: BodyOptions,
): string | Uint8Array {
  const own = keepsReasoning || source === undefined || source.dialect === 'chat'
  const thinking = own ? ['thinking_blocks'] : ['thinking_blocks', 'reasoning_content']
  if (request.messages.some(message => thinking.some(field => field in message))) {
    const plain = withoutFields(request, thinking)
    return chatBody(operation, plain, model, undefined, { addUsage, keepsReasoning })
  }
  const unchanged = source?.request === request && source.dialect === operation && model === request.model
  if (unchanged && source.bytes) {
    if (!addUsage) return source.bytes
    if (request['stream_options'] === undefined) return withStreamUsage(source.bytes)
  }
  if (operation === 'embeddings') return JSON.stringify({ ...request, model, messages: undefined })
  if (!addUsage) return JSON.stringify({ ...request, model })
  const options = request['stream_options'] as object | null | undefined
  return JSON.stringify({ ...request, model, stream_options: { ...options, include_usage: true } })
}

const closingBrace = 0x7d
const streamUsage = Buffer.from(',"stream_options":{"include_usage":true}}')

/**
 * Appends `stream_options` to the bytes of a request that has other fields, which is cheaper than serializing all of
 * it.
 */
function withStreamUsage(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, bytes.lastIndexOf(closingBrace)), streamUsage])
}

/** Removes thinking that a service with the chat API would refuse. */
function withoutFields(request: ChatRequest, fields: readonly string[]): ChatRequest {
  const messages = request.messages.map(
    message =>
      Object.fromEntries(
        Object.entries(message).filter(([field]) => !fields.includes(field)),
      ) as unknown as Message,
  )
  return { ...request, messages }
}
