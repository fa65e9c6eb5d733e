import t from 'tap'
import { event, eventStream } from '../fake-messages.ts'
import { tellAll } from './told.ts'
import type { Told } from './told.ts'

const head = { id: 'c', object: 'chat.completion.chunk', created: 1_755_000_000, model: 'm' }
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const data = (fields: unknown) => `data: ${JSON.stringify(fields)}\n\n`
const chunk = (delta: unknown, finish: string | null = null, more: object = {}) =>
  data({ ...head, choices: [{ index: 0, delta, finish_reason: finish, ...more }] })
const done = 'data: [DONE]\n\n'
const called = (call: object, finish: string | null = null) =>
  chunk({ tool_calls: [{ index: 0, ...call }] }, finish)
const f = { calls: ['f({"a":1})'] }
const hello = { text: 'Hello' }

/** Streams of services with the chat API, by report, and the answer that each of them is. */
const chats: Readonly<Record<string, readonly [readonly string[], Partial<Told>]>> = {
  // The type on each piece, and arguments that are empty behind the first.
  'https://github.com/maximhq/bifrost/issues/3443': [
    [
      called({ id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }),
      called({ type: 'function', function: { arguments: '' } }),
      called({ type: 'function', function: { arguments: '{"a":' } }),
      called({ type: 'function', function: { arguments: '1}' } }),
      chunk({}, 'tool_calls'),
    ],
    f,
  ],
  // The type comes last.
  'https://github.com/vercel/ai/issues/5350': [
    [
      called({ id: 'call_1', function: { name: 'f', arguments: '{"a":' } }),
      called({ function: { arguments: '1}' } }),
      called({ type: 'function', function: {} }),
      chunk({}, 'tool_calls'),
    ],
    f,
  ],
  // The type is null.
  'https://github.com/vercel/ai/issues/6041': [
    [
      called({ id: 'call_1', type: null, function: { name: 'f', arguments: '' } }),
      called({ type: null, function: { name: null, arguments: '{"a":1}' } }),
      chunk({}, 'tool_calls'),
    ],
    f,
  ],
  // A text beside the delta, and the number of its token in it.
  'https://github.com/vercel/ai/issues/1865': [
    ['Hel', 'lo'].map(text =>
      chunk({ token_id: 315, role: 'assistant', content: text, tool_calls: null }, null, {
        text,
        logprobs: null,
      }),
    ),
    hello,
  ],
  // Usage in an event that has no choices, and an id of its own.
  'https://github.com/anomalyco/opencode/issues/1298': [
    [
      chunk({ role: 'assistant', content: 'Hello' }),
      chunk({}, 'stop'),
      data({ id: 'usage-17', provider_id: 'or', model: 'm', usage, request_id: 'r' }),
    ],
    { ...hello, tokens: [10, 5] },
  ],
  // An id for each chunk and for each piece of a call, and an end that says "stop".
  'https://github.com/BerriAI/litellm/pull/40040': [
    [
      data({ ...head, id: 'a', choices: [{ index: 0, delta: { content: '' } }] }),
      ...[
        ['chatcmpl-tool-a9', 'f', ''],
        ['call_b4', '', '{"a":'],
        ['call_ed', '', '1}'],
      ].map(([id, name, args]) =>
        data({
          ...head,
          id: `c-${id}`,
          choices: [
            {
              index: 0,
              delta: {
                tool_calls: [{ id, type: 'function', index: 0, function: { name, arguments: args } }],
              },
            },
          ],
        }),
      ),
      data({
        ...head,
        id: 'z',
        choices: [
          {
            index: 0,
            finish_reason: 'stop',
            delta: {
              tool_calls: [
                { id: 'call_72', type: 'function', index: 0, function: { name: '', arguments: '' } },
              ],
            },
          },
        ],
      }),
    ],
    f,
  ],
  // Neither id nor time nor index, and usage of zeros in each chunk.
  'https://github.com/mudler/LocalAI/issues/1194': [
    [
      ...[{ role: 'assistant' }, { content: 'Hel' }, { content: 'lo' }].map(delta =>
        data({
          object: 'chat.completion.chunk',
          model: 'm',
          choices: [{ delta }],
          usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
        }),
      ),
      data({
        object: 'chat.completion.chunk',
        model: 'm',
        choices: [{ delta: {}, finish_reason: 'stop' }],
        usage,
      }),
    ],
    { ...hello, tokens: [10, 5] },
  ],
  // The reason comes twice: with the last piece, and alone.
  'https://github.com/sgl-project/sglang/pull/8417': [
    [
      called({ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }, 'tool_calls'),
      chunk({ role: null, content: null, tool_calls: null }, 'tool_calls'),
    ],
    f,
  ],
}

for (const [report, [events, told]] of Object.entries(chats)) {
  t.test(`a stream is read as reported: ${report}`, async t => {
    for (const client of await tellAll(t, eventStream(...events, done), true)) t.match(client, told)
  })
}

// https://github.com/genkit-ai/genkit/pull/6259
t.test('an error beside the text of a choice fails the answer, and keeps its words', async t => {
  const error = { code: 502, message: 'The upstream was lost' }
  const events = [
    chunk({ role: 'assistant', content: 'Hel' }),
    chunk({ content: '' }, 'error', { error }),
    done,
  ]
  for (const client of await tellAll(t, eventStream(...events), true))
    t.match(client, /The upstream was lost/)
})

const messageHead = { id: 'msg_1', model: 'm', content: [], stop_reason: null, usage: { input_tokens: 7 } }
const messageEnd = [
  event('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } }),
  event('message_stop', {}),
]
const use = { type: 'tool_use', id: 'toolu_1', name: 'f' }

/** The same of services with the Messages API. */
const messages: Readonly<Record<string, readonly string[]>> = {
  // A call begins without an input.
  'https://github.com/ggml-org/llama.cpp/pull/22960': [
    event('message_start', { message: { ...messageHead, type: 'message', role: 'assistant' } }),
    event('content_block_start', { index: 0, content_block: use }),
    event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } }),
    event('content_block_stop', { index: 0 }),
    ...messageEnd,
  ],
  // A message begins without its type and role.
  'https://github.com/vllm-project/vllm/issues/45367': [
    event('message_start', { message: messageHead }),
    event('content_block_start', { index: 0, content_block: { ...use, input: {} } }),
    event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } }),
    event('content_block_stop', { index: 0 }),
    ...messageEnd,
  ],
  // A call has all of its input from the beginning.
  'https://github.com/BerriAI/litellm/issues/25605': [
    event('message_start', { message: { ...messageHead, type: 'message', role: 'assistant' } }),
    event('content_block_start', { index: 0, content_block: { ...use, input: { a: 1 } } }),
    event('content_block_stop', { index: 0 }),
    ...messageEnd,
  ],
}

for (const [report, events] of Object.entries(messages)) {
  t.test(`a streamed message is read as reported: ${report}`, async t => {
    for (const client of await tellAll(t, eventStream(...events), true, { type: 'anthropic' }))
      t.match(client, f)
  })
}

const response = { id: 'resp_1', object: 'response', model: 'm', status: 'in_progress' }
const item = { type: 'function_call', call_id: 'call_1', name: 'f' }

/** The same of services with the Responses API. */
const answered: Readonly<Record<string, readonly [readonly string[], Partial<Told>]>> = {
  // Neither index nor id of an item.
  'https://github.com/ggml-org/llama.cpp/issues/20607': [
    [
      event('response.created', { response }),
      event('response.output_item.added', { item: { ...item, arguments: '' } }),
      event('response.function_call_arguments.delta', { delta: '{"a":1}' }),
      event('response.output_item.done', { item: { ...item, arguments: '{"a":1}', status: 'completed' } }),
      event('response.completed', {
        response: { ...response, status: 'completed', output: [{ ...item, arguments: '{"a":1}' }] },
      }),
    ],
    f,
  ],
  // Neither time nor output, nor any index.
  'https://github.com/BerriAI/litellm/issues/20570': [
    [
      event('response.created', { response: { id: 'resp_1' } }),
      event('response.output_item.added', { item: { type: 'message', id: 'msg_1', role: 'assistant' } }),
      event('response.content_part.added', { part: { type: 'output_text', text: '' } }),
      event('response.output_text.delta', { delta: 'Hel' }),
      event('response.output_text.delta', { delta: 'lo' }),
      event('response.completed', { response: { id: 'resp_1', status: 'completed' } }),
    ],
    hello,
  ],
}

for (const [report, [events, told]] of Object.entries(answered)) {
  t.test(`a streamed response is read as reported: ${report}`, async t => {
    for (const client of await tellAll(t, eventStream(...events), true, { api: 'responses' }))
      t.match(client, told)
  })
}

// https://github.com/vercel/ai/issues/21360
t.test('an error event without a code keeps its words', async t => {
  const error = { type: 'server_error', code: null, message: 'Sorry, something went wrong.', param: null }
  const events = [event('response.created', { response }), event('error', { error, sequence_number: 2 })]
  for (const client of await tellAll(t, eventStream(...events), true, { api: 'responses' }))
    t.match(client, /something went wrong/)
})
