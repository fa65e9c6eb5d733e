import type { Message } from '../../contract/index.ts'
import { isSystem } from './system-messages.ts'

/**
 * The model's turn between a tool's result and the user's next message. Mistral and the templates of its models refuse a
 * user there ("Unexpected role 'user' after role 'tool'"), see https://github.com/mistralai/mistral-common/issues/169.
 */
const acknowledged: Message = Object.freeze({ role: 'assistant', content: 'I have the result.' })

/** Puts a turn of the assistant between each result of a tool and a user's message right behind it. */
export function answerBetween(messages: readonly Message[]): readonly Message[] {
  const follows = (message: Message, index: number) => isBehindTool(messages, message, index)
  if (!messages.some(follows)) return messages
  return messages.flatMap((message, index) => (follows(message, index) ? [acknowledged, message] : [message]))
}

/** The same for the last results alone, behind which a step has added its instruction. */
export function answerBehindLast(messages: readonly Message[]): readonly Message[] {
  const at = messages.findLastIndex(isResult) + 1
  if (at === 0 || messages[at]?.role !== 'user') return messages
  return [...messages.slice(0, at), acknowledged, ...messages.slice(at)]
}

function isBehindTool(messages: readonly Message[], { role }: Message, index: number): boolean {
  const before = messages[index - 1]
  return role === 'user' && before !== undefined && isResult(before)
}

function isResult({ role }: Message): boolean {
  return role === 'tool' || role === 'function'
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
