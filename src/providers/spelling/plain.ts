import type { ChatRequest, ContentPart, Message } from '../../contract/index.ts'
import { googleFields } from '../../chat/thoughts/google-settings.ts'

/**
 * Whether every service accepts a request as it is: a quick check for a plain conversation without fields that services
 * spell differently. Most requests pass, and are not examined further.
 */
export function isPlainRequest(request: ChatRequest): boolean {
  for (const field in request) if (variable.has(field) && request[field] !== undefined) return false
  return isPlain(request.messages)
}

/** Fields that differ between services. */
const variable: ReadonlySet<string> = new Set([
  ...googleFields,
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'response_format',
])

/** Whether a conversation consists of texts of a user and assistants, and one system message at the front. */
export function isPlain(messages: readonly Message[]): boolean {
  let hasUser = false
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index]!
    const { role } = message
    hasUser ||= role === 'user'
    if (role !== 'user' && role !== 'assistant' && (role !== 'system' || index > 0)) return false
    for (const field in message) if (field !== 'role' && field !== 'content' && field !== 'name') return false
    const { content } = message
    if (typeof content === 'string' ? content === '' && role === 'assistant' : !isPlainContent(content))
      return false
  }
  return hasUser
}

function isPlainContent(content: Message['content']): boolean {
  return Array.isArray(content) && content.length > 0 && content.every(isPlainPart)
}

/** A service may read only text. */
function isPlainPart(part: ContentPart): boolean {
  return part.type === 'text' && !('cache_control' in part)
}
