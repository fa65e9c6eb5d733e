import { signaturesIn } from '../../chat/thoughts/extra-content.ts'
import type { WithoutSeals } from '../translation.ts'
import { noSignature } from './calls/call-signatures.ts'

type Json = Readonly<Record<string, unknown>>

/** Lists of signed or sealed thoughts, each of which is left out as a whole. */
const lists = ['reasoning_details', 'thinking_blocks'] as const

/** Leaves unwanted signatures of texts and calls, and thoughts that are signed or sealed, out of a chat. */
export const withoutChatSeals: WithoutSeals = (body, isUnwanted) => {
  const { messages } = body
  if (!Array.isArray(messages)) return body
  const unwanted = (seal: unknown) => typeof seal === 'string' && seal !== '' && isUnwanted(seal)
  const kept = messages.map((message: unknown) => withoutSeals(message, unwanted))
  return kept.every((message, index) => message === messages[index]) ? body : { ...body, messages: kept }
}

function withoutSeals(message: unknown, unwanted: (seal: unknown) => boolean): unknown {
  const calls = fieldOf(message, 'tool_calls')
  const foreign = (one: unknown) => unwanted(fieldOf(one, 'data')) || unwanted(fieldOf(one, 'signature'))
  const refused = lists.filter(name => {
    const thoughts = fieldOf(message, name)
    return Array.isArray(thoughts) && thoughts.some(foreign)
  })
  const isForeign = (owner: unknown) =>
    signaturesIn(fieldOf(owner, 'extra_content')).filter(unwanted).length > 0
  const hasCalls = Array.isArray(calls) && calls.some(isForeign)
  const isSigned = isForeign(message)
  if (refused.length === 0 && !hasCalls && !isSigned) return message
  return {
    ...(message as Json),
    ...Object.fromEntries(refused.map(name => [name, undefined])),
    ...(isSigned ? { extra_content: undefined } : {}),
    ...(hasCalls
      ? {
          tool_calls: calls.map(call =>
            isForeign(call) ? { ...(call as Json), extra_content: noSignature } : (call as Json),
          ),
        }
      : {}),
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Json)[name] : undefined
}
