import type { ChatRequest } from '../../src/contract/index.ts'

/** A kind of model by what it refuses, in the words of the services that have it. */
export interface Family {
  readonly name: string
  /** Default: 400. */
  readonly status?: number
  /** The fields of a client's request to it; messages by default one question. */
  readonly fields?: Partial<ChatRequest>
  /** Why it refuses a request, if it does. */
  readonly refuses: (request: ChatRequest) => string | undefined
}

export const question = { role: 'user', content: 'What is six times seven?' }

const tool = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }
const toolTurns = [
  { role: 'user', content: 'How warm is it in Oslo?' },
  { role: 'assistant', content: null, tool_calls: [call] },
  { role: 'tool', tool_call_id: 'call_1', content: '4 degrees' },
]

const several = (words: string) => (request: ChatRequest) => ((request.n ?? 1) > 1 ? words : undefined)

function alternating({ messages }: ChatRequest): string | undefined {
  const roles = messages.map(({ role }) => role).filter(role => role !== 'system')
  return roles[0] !== 'user' || roles.some((role, index) => role === roles[index + 1])
    ? 'Conversation roles must alternate user/assistant/user/assistant/...'
    : undefined
}

export const families: readonly Family[] = [
  {
    name: 'reasoning models that take the default temperature only',
    refuses: ({ temperature, max_tokens }) =>
      temperature != null && temperature !== 1
        ? `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`
        : max_tokens == null
          ? undefined
          : "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  },
  {
    name: 'reasoning models that take no temperature',
    refuses: ({ temperature }) =>
      temperature == null
        ? undefined
        : "Unsupported parameter: 'temperature' is not supported with this model.",
  },
  {
    name: 'models for which the temperature is deprecated',
    refuses: ({ temperature }) =>
      temperature == null ? undefined : '`temperature` is deprecated for this model.',
  },
  {
    name: 'models that take a temperature or top_p',
    fields: { top_p: 0.9 },
    refuses: ({ temperature, top_p }) =>
      temperature == null || top_p == null
        ? undefined
        : '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  },
  {
    name: 'models that make one candidate',
    refuses: several('Multiple candidates is not enabled for this model'),
  },
  { name: 'servers that make one choice', refuses: several('Only one completion choice is allowed') },
  {
    name: 'servers that fail over several choices',
    status: 500,
    refuses: several('Only one completion choice is allowed'),
  },
  {
    name: 'services that want the tools with their calls',
    fields: { messages: toolTurns, tools: [tool] },
    refuses: ({ messages, tools }) =>
      !tools && messages.some(({ role, tool_calls: calls }) => role === 'tool' || calls)
        ? 'The toolConfig field must be defined when using toolUse and toolResult content blocks.'
        : undefined,
  },
  {
    name: 'services that take no user behind a tool',
    fields: { messages: toolTurns, tools: [tool] },
    refuses: ({ messages }) =>
      messages.some(({ role }, at) => role === 'user' && messages[at - 1]?.role === 'tool')
        ? "Unexpected role 'user' after role 'tool'"
        : undefined,
  },
  { name: 'templates with alternating roles', refuses: alternating },
  {
    name: 'templates with alternating roles, given a system message',
    fields: { messages: [{ role: 'system', content: 'Be brief.' }, question] },
    refuses: alternating,
  },
  {
    name: 'templates with alternating roles, given a begun answer',
    fields: { messages: [question, { role: 'assistant', content: 'It is' }] },
    refuses: alternating,
  },
  {
    name: 'templates without a system role',
    refuses: ({ messages }) =>
      messages.some(({ role }) => role === 'system') ? 'System role not supported' : undefined,
  },
]
