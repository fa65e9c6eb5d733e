import type { ChatRequest, Operation, Source } from '../contract/index.ts'

/** The body of a call to a service of the chat API: the client's own bytes, as far as nothing in them has to change. */
export function bodyOf(
  operation: Operation,
  request: ChatRequest,
  model: string,
  source: Source | undefined,
  addUsage: boolean,
): string | Uint8Array {
  const signed = request.messages.some(message => 'thinking_blocks' in message)
  if (signed) return bodyOf(operation, withoutThinking(request), model, undefined, addUsage)
  const unchanged = source?.request === request && source.dialect === operation && model === request.model
  if (unchanged && source.bytes) {
    if (!addUsage) return source.bytes
    if (request['stream_options'] === undefined) return withUsageAsked(source.bytes)
  }
  if (operation === 'embeddings') return JSON.stringify({ ...request, model, messages: undefined })
  if (!addUsage) return JSON.stringify({ ...request, model })
  const options = request['stream_options'] as object | null | undefined
  return JSON.stringify({ ...request, model, stream_options: { ...options, include_usage: true } })
}

const closingBrace = 0x7d
const usageAsked = Buffer.from(',"stream_options":{"include_usage":true}}')

/** The bytes of a request that has fields but no `stream_options`, with it at the end: printing it all anew costs more. */
function withUsageAsked(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, bytes.lastIndexOf(closingBrace)), usageAsked])
}

/** Thinking that another service has signed is a field that services of this kind refuse. */
function withoutThinking(request: ChatRequest): ChatRequest {
  const messages = request.messages.map(({ thinking_blocks: _blocks, ...message }) => message)
  return { ...request, messages }
}
