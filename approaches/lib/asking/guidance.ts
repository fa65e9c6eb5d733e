import type { Message } from '../../../src/plugin.ts'

/** The system and developer messages: the operator's instructions also apply to questions outside the conversation. */
export function guidanceOf(messages: readonly Message[]): Message[] {
  return messages.filter(({ role }) => role === 'system' || role === 'developer')
}
