import type { Message } from '../../contract/index.ts'
import { isSystem } from './system-messages.ts'

/** The model's turn between a tool's result and the user's next message, for services that require one. */
const acknowledged: Message = Object.freeze({ role: 'assistant', content: 'Done.' })

/** Puts a turn of the assistant between each result of a tool and a user's message right behind it. */
export function answerBetween(messages: readonly Message[]): readonly Message[] {
  const follows = (message: Message, index: number) =>
    message.role === 'user' && messages[index - 1]?.role === 'tool'
  if (!messages.some(follows)) return messages
  return messages.flatMap((message, index) => (follows(message, index) ? [acknowledged, message] : [message]))
}

/** Opens a conversation in which no user speaks. */
const opening: Message = Object.freeze({ role: 'user', content: '(The conversation continues.)' })

/** Ensures a user's turn, for services that require one. If there are only system messages, the last becomes the user's. */
export function withUser(messages: readonly Message[]): readonly Message[] {
  if (messages.some(({ role }) => role === 'user')) return messages
  const first = messages.findIndex(message => !isSystem(message))
  if (first >= 0) return [...messages.slice(0, first), opening, ...messages.slice(first)]
  const asked = messages.at(-1)
  return asked ? [...messages.slice(0, -1), { ...asked, role: 'user' }] : messages
}
