import type { Message } from '../../../src/plugin.ts'

/** The operator's words, which hold for a question beside the conversation, too: its system and developer messages. */
export function guidanceOf(messages: readonly Message[]): Message[] {
  return messages.filter(({ role }) => role === 'system' || role === 'developer')
}
