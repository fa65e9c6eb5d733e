import { textOf } from '../../../src/plugin.ts'
import type { Message } from '../../../src/plugin.ts'

/**
 * The conversation with an instruction added to its system (or developer) message. If it has none, the instruction is added
 * to the last message of the user, since some models take no system message.
 */
export function withInstruction(messages: readonly Message[], text: string): readonly Message[] {
  const system = messages.findIndex(({ role }) => role === 'system' || role === 'developer')
  const at = system === -1 ? messages.findLastIndex(({ role }) => role === 'user') : system
  if (at === -1) return withUserText(messages, text)
  const added = messages[at]!.role === 'user' ? separator + text : text
  return messages.with(at, withText(messages[at]!, added))
}

/**
 * The conversation continued by an answer of the model, without its thinking, and by a text of the user. An answer to a
 * conversation that ends with the model's own words joins these: many models take no two turns of one side in a row.
 */
export function withExchange(messages: readonly Message[], answer: string, text: string): readonly Message[] {
  const last = messages.at(-1)
  const question = { role: 'user', content: text }
  const begun = last?.role === 'assistant' && !last.tool_calls?.length ? textOf(last) : ''
  if (last === undefined || begun === '')
    return [...messages, { role: 'assistant', content: answer }, question]
  const whole = { ...last, content: `${begun}\n${answer}` }
  return [...messages.slice(0, -1), whole, question]
}

/** Between a client's text and an instruction, which a model may otherwise translate, proofread or continue with the text. */
const separator = '---\nInstruction, not part of the text above:\n\n'

/**
 * The conversation with an instruction added by the user: to the last message if that is the user's, set apart from the
 * client's own text, else in a new one.
 */
export function withUserText(messages: readonly Message[], text: string): readonly Message[] {
  const last = messages.at(-1)
  if (last?.role !== 'user') return [...messages, { role: 'user', content: text }]
  return messages.with(messages.length - 1, withText(last, separator + text))
}

/**
 * The conversation with its last user message extended by the text that `extensionOf` makes from the text of that message;
 * unchanged if there is no such text.
 */
export function extendLastUser(
  messages: readonly Message[],
  extensionOf: (text: string) => string,
): readonly Message[] {
  const at = messages.findLastIndex(({ role }) => role === 'user')
  const text = textOf(messages[at])
  return text.trim() === '' ? messages : messages.with(at, withText(messages[at]!, extensionOf(text)))
}

/** Keeps the content of a message and adds the text after a blank line, or as one more part. */
function withText(message: Message, text: string): Message {
  const { content } = message
  if (Array.isArray(content)) return { ...message, content: [...content, { type: 'text', text }] }
  return { ...message, content: content ? `${textOf(message)}\n\n${text}` : text }
}
