import type { Message } from '../../contract/index.ts'

/** Stands between the result of a tool and what the user says next, for services that want the model's turn there. */
const acknowledged: Message = Object.freeze({ role: 'assistant', content: 'Done.' })

/** Puts a turn of the assistant between each result of a tool and a user's message right behind it. */
export function answerBetween(messages: readonly Message[]): readonly Message[] {
  const follows = (message: Message, index: number) =>
    message.role === 'user' && messages[index - 1]?.role === 'tool'
  if (!messages.some(follows)) return messages
  return messages.flatMap((message, index) => (follows(message, index) ? [acknowledged, message] : [message]))
}
