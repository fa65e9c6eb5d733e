import type { Message } from '../../contract/index.ts'
import { callsOf } from './calls/tool-turns.ts'

/**
 * Leaves out empty turns of the assistant, as after an interruption, and writes an empty list of parts as an empty
 * text: services refuse both.
 */
export function withoutSilence(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(message => isSilent(message) || isEmptyList(message))) return messages
  const spoken = messages.filter(message => !isSilent(message))
  return spoken.map(message =>
    isEmptyList(message) ? { ...message, content: callsOf(message).length > 0 ? null : '' } : message,
  )
}

function isSilent(message: Message): boolean {
  const { role, content, refusal, audio, function_call: called } = message
  if (role !== 'assistant' || refusal != null || audio != null || called != null) return false
  return (content == null || content.length === 0) && callsOf(message).length === 0
}

function isEmptyList({ content }: Message): boolean {
  return Array.isArray(content) && content.length === 0
}
