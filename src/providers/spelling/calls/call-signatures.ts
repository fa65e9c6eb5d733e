import { signaturesIn } from '../../../chat/thoughts/extra-content.ts'
import type { Message } from '../../../contract/index.ts'
import { callsOf } from './tool-turns.ts'

/** The signature that Gemini accepts for calls that were not its own, or whose signature is lost. */
export const noSignature = { google: { thought_signature: 'skip_thought_signature_validator' } }

/**
 * Gives the first call of each turn since the user's last message the signature that the service demands there, if it
 * has lost its own. `name`: the one under which the service reads it, if that is known.
 */
export function withSignedCalls(messages: readonly Message[], name?: string): readonly Message[] {
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  const lacks = (message: Message, index: number) => {
    const [first] = callsOf(message)
    return index > asked && first !== undefined && signaturesIn(first['extra_content'], name).length === 0
  }
  if (!messages.some(lacks)) return messages
  return messages.map((message, index) => (lacks(message, index) ? withSignature(message) : message))
}

function withSignature(message: Message): Message {
  const [first, ...others] = callsOf(message)
  return { ...message, tool_calls: [{ ...first, extra_content: noSignature }, ...others] }
}
