import type { ChatRequest, Message } from '../../contract/index.ts'

/** Why a model refuses a request, in the words of a service; undefined if it takes it. */
export type Refuses = (request: ChatRequest) => string | undefined

/** Takes the default temperature only. */
export const otherTemperature: Refuses = ({ temperature }) =>
  temperature == null || temperature === 1
    ? undefined
    : `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`

/** Takes no `max_tokens`, only the field that counts thoughts, too. */
export const maxTokens: Refuses = ({ max_tokens: limit }) =>
  limit == null
    ? undefined
    : "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."

/** Takes none of the fields with these names. */
export function unsupported(...names: readonly string[]): Refuses {
  return request => {
    const name = names.find(each => request[each] != null && request[each] !== false)
    return name && `Unsupported parameter: '${name}' is not supported with this model.`
  }
}

export const anyTemperature: Refuses = ({ temperature }) =>
  temperature == null ? undefined : '`temperature` is deprecated for this model.'

export const temperatureWithTopP: Refuses = ({ temperature, top_p: topP }) =>
  temperature == null || topP == null
    ? undefined
    : '`temperature` and `top_p` cannot both be specified for this model. Please use only one.'

/** Wants room for an answer behind the thoughts. */
export const tightThinking: Refuses = ({ thinking, max_tokens: limit }) => {
  const { budget_tokens: budget } = (thinking ?? {}) as { readonly budget_tokens?: unknown }
  return typeof budget === 'number' && typeof limit === 'number' && limit <= budget
    ? '`max_tokens` must be greater than `thinking.budget_tokens`.'
    : undefined
}

/** Continues no message of its own. */
export const prefill: Refuses = ({ messages }) =>
  messages.at(-1)?.role === 'assistant'
    ? 'This model does not support assistant message prefill. The conversation must end with a user message.'
    : undefined

/** Makes one answer to a call. */
export function severalAnswers(words: string): Refuses {
  return ({ n }) => ((n ?? 1) > 1 ? words : undefined)
}

/** Wants the tools with the turns that use them. */
export const missingTools: Refuses = ({ tools, messages }) =>
  !tools && messages.some(isToolTurn)
    ? 'The toolConfig field must be defined when using toolUse and toolResult content blocks.'
    : undefined

/** A template with turns of user and assistant, one after the other. */
export const twoInARow: Refuses = ({ messages }) => {
  const sides = messages
    .filter(message => message.role !== 'system' && !isToolTurn(message))
    .map(({ role }) => role)
  return sides[0] === 'assistant' || sides.some((side, at) => side === sides[at + 1])
    ? 'Conversation roles must alternate user/assistant/user/assistant/...'
    : undefined
}

export const systemRole: Refuses = ({ messages }) =>
  messages.some(({ role }) => role === 'system' || role === 'developer')
    ? 'System role not supported'
    : undefined

export const lateSystemMessage: Refuses = ({ messages }) =>
  messages.some(({ role }, at) => role === 'system' && at > 0)
    ? 'System message must be at the beginning.'
    : undefined

function isToolTurn({ role, tool_calls: calls }: Message): boolean {
  return role === 'tool' || Boolean(calls?.length)
}
