import type { ChatRequest, Message } from '../../contract/index.ts'

/**
 * Whether a request is one that every service accepts as it is, at a glance: a plain conversation without fields that
 * services spell differently. Most are, and are then not looked at any further.
 */
export function isPlainRequest(request: ChatRequest): boolean {
  for (const field in request) if (variable.has(field) && request[field] !== undefined) return false
  return isPlain(request.messages)
}

/** Fields that are not the same at every service. */
const variable: ReadonlySet<string> = new Set([
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
])

/** Whether a conversation consists of texts of users and assistants, and one system message at the front. */
export function isPlain(messages: readonly Message[]): boolean {
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index]!
    const { role } = message
    if (role !== 'user' && role !== 'assistant' && (role !== 'system' || index > 0)) return false
    for (const field in message) if (field !== 'role' && field !== 'content' && field !== 'name') return false
    const { content } = message
    if (content != null && typeof content !== 'string' && content.some(part => 'cache_control' in part))
      return false
  }
  return true
}
