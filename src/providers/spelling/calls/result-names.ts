import type { Message } from '../../../contract/index.ts'
import { callsOf } from './tool-turns.ts'

/** The messages with the name of its tool in each result that has none; the same list if no name is missing. */
export function withResultNames(messages: readonly Message[]): readonly Message[] {
  const isNameless = ({ role, name }: Message) => role === 'tool' && (name == null || name === '')
  if (!messages.some(isNameless)) return messages
  const names = new Map<unknown, string>()
  const named = messages.map(message => {
    for (const { id, function: called } of callsOf(message)) if (called?.name) names.set(id, called.name)
    const name = isNameless(message) ? names.get(message['tool_call_id']) : undefined
    return name === undefined ? message : { ...message, name }
  })
  return named.every((message, index) => message === messages[index]) ? messages : named
}
