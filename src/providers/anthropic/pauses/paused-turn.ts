import { noteNative, serverToolsFor } from '../../../chat/notes/native-form.ts'
import { fieldsOf, textOf } from '../../../chat/read/fields.ts'
import type { ChatRequest } from '../../../contract/index.ts'
import type { PausedTurn } from '../../translation.ts'
import type { Block } from '../content-from-chat.ts'

// While the service runs tools of its own, it may end an answer with `pause_turn`. It continues the turn if it gets the
// blocks back as they are: https://platform.claude.com/docs/en/agents-and-tools/tool-use/server-tools.

export const pauseReason = 'pause_turn'

/** Whether an answer may be paused: the request offers tools that the service runs itself. */
export function mayPause(request: ChatRequest): boolean {
  const { tools } = request
  return (
    (Array.isArray(tools) && tools.some(isServerTool)) ||
    serverToolsFor('messages', request).length > 0 ||
    request['mcp_servers'] != null
  )
}

function isServerTool(tool: unknown): boolean {
  const type = fieldsOf(tool)?.['type'] ?? 'function'
  return type !== 'function' && type !== 'custom'
}

/** The turn of a whole answer that was paused; undefined for any other. */
export function pausedTurn(answer: unknown): PausedTurn | undefined {
  const { stop_reason: reason, content, container } = fieldsOf(answer) ?? {}
  if (reason !== pauseReason || !Array.isArray(content)) return undefined
  return turnOf(
    content.filter(block => fieldsOf(block) !== undefined),
    container,
  )
}

/**
 * The turn with these blocks; undefined if it calls a tool of the client, whose result the service waits for. `container`: the
 * one on the service's side in which it has run code.
 */
export function turnOf(content: readonly Block[], container: unknown): PausedTurn | undefined {
  if (content.some(({ type }) => type === 'tool_use')) return undefined
  const text = content.map(block => (block.type === 'text' ? textOf(block['text']) : '')).join('')
  const message = { role: 'assistant', content: text }
  noteNative(message, content)
  const id = fieldsOf(container)?.['id']
  return { message, fields: typeof id === 'string' ? { container: id } : {} }
}
