import type { Message } from '../../contract/index.ts'

/**
 * Whether a conversation is one that every service accepts, at a glance: texts of users and assistants, and one system
 * message at the front. Most are, and are then not looked at any further.
 */
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
