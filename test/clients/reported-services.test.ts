import t from 'tap'
import { event, eventStream } from '../fake-messages.ts'
import { answer, fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { eventsOf, responseOf } from '../fake-responses.ts'
import { chunksOf } from './chunks-of.ts'
import { serve } from './serve.ts'
import { tellAll } from './told.ts'
import type { Told } from './told.ts'

const head = { id: 'c', object: 'chat.completion.chunk', created: 1_755_000_000, model: 'm' }
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const done = 'data: [DONE]\n\n'
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const chunk = (fields: Json) => data({ ...head, ...fields })
const piece = (delta: unknown, finish: unknown = null) =>
  chunk({ choices: [{ index: 0, delta, finish_reason: finish }] })
const callPiece = (call: Json) => piece({ tool_calls: [{ index: 0, ...call }] })
const f = (args: string) => ({ id: 'call_1', type: 'function', function: { name: 'f', arguments: args } })
const hi = piece({ role: 'assistant', content: 'Hi' })
const end = piece({}, 'stop')

const called = { calls: ['f({"a":1})'] }
const empty = { calls: ['f({})'] }

const streams: Readonly<Record<string, readonly [readonly string[], Partial<Told>]>> = {
  // https://github.com/earendil-works/pi/pull/2466, https://github.com/Kilo-Org/kilocode/pull/3083
  'null, a text and a list in place of chunks': [
    [data(null), hi, data(null), data([]), data('x'), end, done],
    { text: 'Hi' },
  ],
  // https://github.com/anomalyco/opencode/issues/28427
  'an empty role in each delta': [
    [piece({ role: '', content: 'H' }), piece({ role: '', content: 'i' }), piece({ role: '' }, 'stop'), done],
    { text: 'Hi' },
  ],
  // https://github.com/ggml-org/llama.cpp/pull/15827
  'progress of the prompt, and timings': [
    [
      chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: null } }], prompt_progress: {} }),
      hi,
      end,
      chunk({ choices: [], usage, timings: { prompt_n: 1 } }),
      done,
    ],
    { text: 'Hi', tokens: [10, 5] },
  ],
  // https://github.com/jjang-ai/vmlx/issues/219
  'signs that a call is being written': [
    [
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: null }], tool_call_generating: true }),
      callPiece(f('{"a":1}')),
      piece({}, 'tool_calls'),
      done,
    ],
    called,
  ],
  // https://github.com/langchain-ai/langchain/pull/34432
  'pieces of a call without a function': [
    [
      callPiece(f('')),
      callPiece({ function: null }),
      callPiece({}),
      callPiece({ function: { arguments: '{"a":1}' } }),
      end,
      done,
    ],
    called,
  ],
  // https://github.com/zai-org/GLM-4/issues/194
  'another id for each piece of a call': [
    [
      callPiece(f('')),
      callPiece({ id: 'b', type: 'function', function: { name: null, arguments: '{"a"' } }),
      callPiece({ id: 'c', type: 'function', function: { name: null, arguments: ':1}' } }),
      end,
      done,
    ],
    called,
  ],
  // https://github.com/googleapis/python-genai/issues/2868
  'a call that ends with "stop"': [[callPiece(f('{"a":1}')), end, done], called],
  // https://github.com/neuron-core/neuron-ai/pull/317
  'an empty list in place of arguments': [[callPiece(f('[]')), piece({}, 'tool_calls'), done], empty],
  // https://github.com/smallmain/vscode-unify-chat-provider/pull/71
  'chunks inside of "data"': [
    [
      data({ code: 0, data: { ...head, choices: [{ index: 0, delta: { content: 'Hi' } }] } }),
      data({ code: 0, data: { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] } }),
      done,
    ],
    { text: 'Hi' },
  ],
  'the message so far beside each delta': [
    [
      chunk({ choices: [{ index: 0, delta: { content: 'H' }, message: { content: 'H' } }] }),
      chunk({ choices: [{ index: 0, delta: { content: 'i' }, message: { content: 'Hi' } }] }),
      end,
      done,
    ],
    { text: 'Hi' },
  ],
  'the whole message at the end': [
    [hi, chunk({ choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }] }), done],
    { text: 'Hi' },
  ],
  'the answer in a message behind thoughts': [
    [
      piece({ reasoning_content: 'hm' }),
      chunk({ choices: [{ message: { reasoning_content: 'hm', content: 'Hi' }, finish_reason: 'stop' }] }),
      done,
    ],
    { text: 'Hi', thinking: 'hm' },
  ],
}

for (const [name, [events, expected]] of Object.entries(streams))
  t.test(`a stream with ${name} is told in each format`, async t => {
    for (const told of await tellAll(t, eventStream(...events), true)) t.match(told, expected)
  })

const whole = (message: Json, finish = 'stop') => ({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage,
})
const hello = whole({ content: 'Hi' })

const answers: Readonly<Record<string, readonly [Json, Partial<Told>]>> = {
  // https://github.com/smallmain/vscode-unify-chat-provider/pull/71
  '"data"': [
    { code: 200, message: 'ok', data: hello },
    { text: 'Hi', tokens: [10, 5] },
  ],
  '"result", as Cloudflare has it': [
    { success: true, errors: [], messages: [], result: hello },
    { text: 'Hi', tokens: [10, 5] },
  ],
  'a delta': [
    { ...hello, choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] },
    { text: 'Hi' },
  ],
  // https://github.com/nextcloud/integration_openai/issues/244
  'a call whose arguments are an empty list': [
    whole({
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: [] } }],
    }),
    empty,
  ],
}

for (const [name, [value, expected]] of Object.entries(answers))
  t.test(`an answer in ${name} is told in each format`, async t => {
    for (const told of await tellAll(t, json(value), false)) t.match(told, expected)
  })

// https://github.com/jakobdylanc/llmcord/issues/84
t.test('a reason for the end may come under the name that Gemini has for it', async t => {
  const last = { index: 0, delta: { content: '' }, finish_reason: null, finishReason: 'MAX_TOKENS' }
  for (const ending of [[done], []]) {
    const { data, text } = await chunksOf(t, eventStream(hi, chunk({ choices: [last] }), ...ending))
    t.equal(data.at(-1)?.choices[0]?.finish_reason, 'length')
    t.match(text, /\[DONE\]/)
  }
})

// https://github.com/vercel/ai/issues/21360
t.test('an error of a Responses service whose code is null goes to the next provider', async t => {
  const failed = { type: 'server_error', code: null, message: 'Sorry, something went wrong.', param: null }
  const first = await fakeProvider(t, eventStream(event('error', { error: failed, sequence_number: 2 })))
  const second = await fakeProvider(t, eventStream(...eventsOf(responseOf('Hi'))))
  const providers = [first, second].map(({ url }, index) => ({
    name: `p${index}`,
    base_url: url,
    api_key: 'k',
    api: 'responses',
  }))
  const routing = { strategy: 'failover', health_check: { enabled: false } }
  const url = await serve(t, JSON.stringify({ approach: 'proxy', routing, providers }))
  const response = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', input: 'Hi', stream: true }),
  })
  t.match(await response.text(), /"type":"response.completed".*"text":"Hi"/)
})

/** The body that a chat service gets for one of a client. */
async function sentFor(t: Parameters<typeof serve>[0], path: string, body: Json, action: Action = answer()) {
  const provider = await fakeProvider(t, action)
  const entry = { name: 'p', base_url: provider.url, api_key: 'k' }
  const routing = { health_check: { enabled: false } }
  const url = await serve(t, JSON.stringify({ routing, providers: [entry] }))
  const response = await fetch(`${url}/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', ...body }),
  })
  t.equal(response.status, 200, await response.text())
  return provider.requests[0]!.body
}

const user = { role: 'user', content: 'Hi' }

// https://github.com/ggml-org/llama.cpp/issues/12137
t.test('a maximum of -1 asks for none', async t => {
  t.same(await sentFor(t, '/chat/completions', { messages: [user], max_tokens: -1 }), {
    model: 'm',
    messages: [user],
  })
  const sent = await sentFor(t, '/completions', { prompt: 'Hi', max_tokens: -1 })
  t.notOk('max_tokens' in sent)
  t.notOk('max_tokens' in (await sentFor(t, '/responses', { input: 'Hi', max_output_tokens: -1 })))
})

// https://github.com/maximhq/bifrost/pull/3188, https://github.com/icoretech/codex-pooler/issues/187
t.test('empty answers between calls of Codex, and pictures with a detail in results, are read', async t => {
  const { messages } = await sentFor(t, '/responses', {
    input: [
      user,
      { type: 'message', role: 'assistant', content: [] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'c',
        output: [
          { type: 'input_text', text: 'seen' },
          { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' },
        ],
      },
    ],
  })
  t.match(messages, [
    user,
    { role: 'assistant', content: null, tool_calls: [{ id: 'c' }] },
    { role: 'tool', content: 'seen' },
    { role: 'user', content: [{ image_url: { url: 'data:image/png;base64,AAAA', detail: 'auto' } }] },
  ])
})
