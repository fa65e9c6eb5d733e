import type { ChatCompletionChunk, ChatCompletionMessageParam } from 'openai/resources'
import type { Action } from '../fake-provider.ts'
import { answer, delta, stream } from '../fake-provider.ts'

export const model = 'gpt-4'

export const hello: ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }]

/** A tool as the SDKs accept it. */
export const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'Weather at a place',
    parameters: {
      type: 'object' as const,
      properties: { place: { type: 'string' as const } },
      required: ['place'],
    },
  },
}

/** A call of it, as a model makes it. */
export const toolCall = {
  id: 'call_1',
  type: 'function' as const,
  function: { name: 'weather', arguments: '{"place":"Oslo"}' },
}

/** A model that makes the call, in pieces if it is asked to stream. */
export const callingTool: Action = ({ request }) => {
  if (request.body['stream'] !== true) return answer({ content: null, tool_calls: [toolCall] })
  const { id, type, function: called } = toolCall
  const piece = (part: object) => delta({ tool_calls: [{ index: 0, ...part }] })
  const [name, ...rest] = [called.name, ...called.arguments.match(/.{1,4}/g)!]
  const pieces = rest.map(text => piece({ function: { arguments: text } }))
  return stream([piece({ id, type, function: { name, arguments: '' } }), ...pieces], { finish: 'tool_calls' })
}

/** A conversation with every kind of message, which no step may flatten. */
export const conversation: ChatCompletionMessageParam[] = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    name: 'ann',
    content: [
      { type: 'text', text: 'Where is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    ],
  },
  { role: 'assistant', content: null, tool_calls: [toolCall] },
  { role: 'tool', tool_call_id: toolCall.id, content: '{"sky":"rain"}' },
  { role: 'assistant', content: 'Oslo, in the rain.' },
  { role: 'user', content: 'And what is 6 times 7?' },
]

/** Text of the first choice of a stream. */
export function textOf(chunks: readonly ChatCompletionChunk[]): string {
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
}
