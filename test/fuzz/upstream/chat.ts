import type { Json, Template } from './template.ts'
import { piecesOf } from './saying.ts'
import type { Saying } from './saying.ts'

const usage = {
  prompt_tokens: 12,
  completion_tokens: 8,
  total_tokens: 20,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
}

/** An answer of chat completions. */
export function chatTemplate(saying: Saying): Template {
  const choices = Array.from({ length: saying.choices }, (_, index) => index)
  return {
    whole: {
      ...headOf('chat.completion'),
      choices: choices.map(index => wholeChoice(saying, index)),
      usage,
    },
    events: [
      ...choices.flatMap(index => choiceDeltas(saying, index)),
      ...choices.map(index => chunkOf(index, {}, finishOf(saying))),
      { data: { ...headOf('chat.completion.chunk'), choices: [], usage } },
      { data: '[DONE]' },
    ],
  }
}

/** An answer of embeddings. */
export function embeddingsTemplate(): Template {
  const data = [0, 1].map(index => ({ object: 'embedding', index, embedding: [0.25, -0.5, 0.125] }))
  return {
    whole: { object: 'list', data, model: 'fake', usage: { prompt_tokens: 4, total_tokens: 4 } },
    events: [],
  }
}

function headOf(object: string): Json {
  return { id: 'chatcmpl-1', object, created: 1_700_000_000, model: 'fake', system_fingerprint: 'fp_1' }
}

function finishOf({ calls }: Saying): string {
  return calls.length > 0 ? 'tool_calls' : 'stop'
}

function wholeChoice(saying: Saying, index: number): Json {
  const { text, thinking, calls } = saying
  const tool_calls = calls.map(({ id, name, arguments: args }) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }))
  const message = {
    role: 'assistant',
    content: text === '' ? null : text,
    refusal: null,
    ...(thinking === undefined ? {} : { reasoning_content: thinking }),
    ...(calls.length === 0 ? {} : { tool_calls }),
  }
  return { index, message, logprobs: null, finish_reason: finishOf(saying) }
}

function choiceDeltas({ text, thinking, calls }: Saying, index: number) {
  return [
    { role: 'assistant', content: '' },
    ...(thinking === undefined ? [] : piecesOf(thinking).map(piece => ({ reasoning_content: piece }))),
    ...piecesOf(text).map(content => ({ content })),
    ...calls.flatMap(({ id, name, arguments: args }, at) => [
      { tool_calls: [{ index: at, id, type: 'function', function: { name, arguments: '' } }] },
      ...piecesOf(args).map(piece => ({ tool_calls: [{ index: at, function: { arguments: piece } }] })),
    ]),
  ].map(delta => chunkOf(index, delta, null))
}

function chunkOf(index: number, delta: Json, finish: string | null) {
  const choices = [{ index, delta, logprobs: null, finish_reason: finish }]
  return { data: { ...headOf('chat.completion.chunk'), choices } }
}
