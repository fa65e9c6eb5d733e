import type { Source } from '../chat/provider-call.ts'
import type { ChatRequest, ModelOperation } from '../contract/index.ts'

/** The body of a call to a service with the chat API: the client's own bytes, as far as they can stay unchanged. */
export function chatBody(
  operation: ModelOperation,
  request: ChatRequest,
  model: string,
  source: Source | undefined,
  addUsage: boolean,
): string | Uint8Array {
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

/** The text of a body that is sent. */
export function bodyText(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString()
}
