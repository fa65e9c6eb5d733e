import type OpenAI from 'openai'
import { answer, delta, error, gate, hold, reset, stream } from '../fake-provider.ts'
import { callingTool, model, toolCall } from './conversation.ts'
import { clientTest, errorOf } from './serve.ts'

type Tool = OpenAI.Responses.FunctionTool

const weather: Tool = {
  type: 'function',
  name: 'weather',
  description: 'Weather at a place',
  parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
  strict: false,
}

clientTest('responses.create is answered, with usage and the settings of its request', async (t, start) => {
  const usage = {
    prompt_tokens: 7,
    completion_tokens: 5,
    total_tokens: 12,
    prompt_tokens_details: { cached_tokens: 3 },
    completion_tokens_details: { reasoning_tokens: 2 },
  }
  const { openai, provider } = await start([answer('Hello there', { usage })])
  const { data, response } = await openai.responses
    .create({ model, instructions: 'Be brief.', input: 'Hello', max_output_tokens: 50, store: true })
    .withResponse()
  t.equal(data.output_text, 'Hello there')
  t.match(data, {
    id: /^resp_/,
    object: 'response',
    status: 'completed',
    store: true,
    instructions: 'Be brief.',
    max_output_tokens: 50,
    output: [{ type: 'message', role: 'assistant', status: 'completed' }],
  })
  t.strictSame(data.usage, {
    input_tokens: 7,
    input_tokens_details: { cached_tokens: 3 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 12,
  })
  t.equal(response.headers.get('x-hulumanage-approach'), 'proxy')
  t.strictSame(provider.requests[0]!.body, {
    model,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
    ],
    max_tokens: 50,
  })
})

// The fields that OpenAI's reference lists for every response; OpenRouter's SDK refuses one without the first three.
const always =
  'completed_at frequency_penalty presence_penalty background created_at error id incomplete_details instructions max_output_tokens max_tool_calls metadata model object output parallel_tool_calls previous_response_id prompt_cache_key reasoning safety_identifier service_tier status store temperature text tool_choice tools top_logprobs top_p truncation usage user'

clientTest('a response has every field, even those that its request does not set', async (t, start) => {
  const { openai } = await start([answer('Hello'), stream(['Hello'])])
  const set = { service_tier: 'flex', prompt_cache_key: 'chat-1', user: 'ann' } as const
  const whole = await openai.responses.create({ model, input: 'Hi', ...set })
  const names = always.split(' ').toSorted()
  t.strictSame(
    Object.keys(whole)
      .filter(name => name !== 'output_text' && name !== '_request_id')
      .toSorted(),
    names,
  )
  t.match(whole, { ...set, frequency_penalty: null, max_tool_calls: null, top_logprobs: 0 })
  t.ok(whole.completed_at! >= whole.created_at)
  for await (const event of await openai.responses.create({ model, input: 'Hi', stream: true })) {
    if (!('response' in event)) continue
    t.strictSame(Object.keys(event.response).toSorted(), names, event.type)
    t.equal(event.response.completed_at !== null, event.type === 'response.completed')
  }
})

clientTest('a response streams its events as the model writes', async (t, start) => {
  const second = gate()
  const { openai } = await start([stream(['one ', hold(second), 'two'])])
  const types: string[] = []
  const numbers: number[] = []
  let text = ''
  for await (const event of await openai.responses.create({ model, input: 'Count', stream: true })) {
    types.push(event.type)
    numbers.push(event.sequence_number)
    if (event.type === 'response.output_text.delta') text += event.delta
    if (text === 'one ') second.release()
    if (event.type === 'response.completed') t.match(event.response.usage, { total_tokens: 12 })
  }
  t.equal(text, 'one two')
  t.strictSame(types, [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
  t.strictSame(numbers, [...numbers.keys()])
})

clientTest('the stream helper of the SDK accepts the events of every kind of item', async (t, start) => {
  const thinking = delta({ reasoning_content: 'hm' })
  const { openai } = await start([[stream([thinking, 'It ', 'rains']), callingTool]])
  const spoken = await openai.responses.stream({ model, input: 'Hello' }).finalResponse()
  t.match(spoken.output, [{ type: 'reasoning', summary: [{ text: 'hm' }] }, { type: 'message' }])
  t.equal(spoken.output_text, 'It rains')

  const called = await openai.responses.stream({ model, input: 'Oslo?', tools: [weather] }).finalResponse()
  const { name, arguments: args } = toolCall.function
  t.match(called.output, [{ type: 'function_call', call_id: toolCall.id, name, arguments: args }])
})

clientTest('tools are called and their results seen', async (t, start) => {
  const { openai, provider } = await start([[callingTool, answer('Rain in Oslo')]])
  const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'How is the weather in Oslo?' }]
  const first = await openai.responses.create({ model, input, tools: [weather], tool_choice: 'required' })
  const call = first.output.find(item => item.type === 'function_call')!
  const result = { type: 'function_call_output' as const, call_id: call.call_id, output: 'rain' }
  const second = await openai.responses.create({ model, input: [...input, call, result], tools: [weather] })
  t.equal(second.output_text, 'Rain in Oslo')
  const { type: _type, ...called } = weather
  t.match(provider.requests[0]!.body, {
    tools: [{ type: 'function', function: called }],
    tool_choice: 'required',
  })
  t.match(provider.requests[1]!.body, {
    messages: [
      { role: 'user' },
      { role: 'assistant', content: null, tool_calls: [toolCall] },
      { role: 'tool', tool_call_id: toolCall.id, content: 'rain' },
    ],
  })
})

for (const approach of ['bon', 'moa', 'self_consistency', 'cot_reflection', 're2']) {
  clientTest(`${approach} answers as a response, whole and streamed`, async (t, start) => {
    const { openai, provider } = await start([answer('7')])
    const asked = { model: `${approach}-${model}`, input: 'Pick a number' }
    const { data, response } = await openai.responses.create(asked).withResponse()
    t.equal(data.output_text, '7')
    t.equal(data.usage?.input_tokens, 7 * provider.requests.length, 'usage is that of all calls')
    t.equal(response.headers.get('x-hulumanage-approach'), `proxy-${approach}`)
    const streamed = await openai.responses.stream(asked).finalResponse()
    t.equal(streamed.output_text, '7')
    t.ok((streamed.usage?.total_tokens ?? 0) > 0)
  })
}

clientTest('an answer that was cut is incomplete', async (t, start) => {
  const { openai } = await start([answer('Once upon', { finish: 'length' })])
  const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
  t.match(await openai.responses.create({ model, input: 'Tell' }), cut)
  const events = await Array.fromAsync(await openai.responses.create({ model, input: 'Tell', stream: true }))
  t.match(events.at(-1), { type: 'response.incomplete', response: cut })
})

clientTest('a provider that fails is an error, and in a stream an error event', async (t, start) => {
  const { openai, baseURL } = await start([
    [error(400), stream(['one ', reset()]), stream(['one ', reset()])],
  ])
  t.match(await errorOf(openai.responses.create({ model, input: 'Hello' })), { status: 400 })
  const asked = { model, input: 'Count', stream: true as const }
  const reading = async () => await Array.fromAsync(await openai.responses.create(asked))
  t.match(await errorOf(reading()), { code: 'upstream_truncated' })

  const response = await fetch(`${baseURL}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  })
  const text = await response.text()
  t.match(text, /event: response\.failed\ndata: .*"status":"failed".*"code":"upstream_truncated"/)
  t.notMatch(text, /response\.completed|\[DONE\]/)
})

clientTest('what needs a kept response is refused by name', async (t, start) => {
  const { openai, provider } = await start([answer('never')])
  const kept: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>[] = [
    { previous_response_id: 'resp_1' },
    { conversation: 'conv_1' },
    { prompt: { id: 'pmpt_1' } },
  ]
  for (const field of kept) {
    const thrown = await errorOf(openai.responses.create({ model, input: 'Hello', ...field }))
    t.match(thrown, {
      status: 400,
      param: Object.keys(field)[0],
      message: /stores none|Previous response with id 'resp_1' not found/,
    })
  }
  const { responses } = openai
  for (const ask of [
    () => responses.retrieve('resp_1'),
    () => responses.delete('resp_1'),
    () => responses.cancel('resp_1'),
    () => responses.inputItems.list('resp_1'),
  ]) {
    t.match(await errorOf(Promise.resolve(ask())), {
      status: 404,
      message: /Response with id 'resp_1' not found/,
    })
  }
  t.equal(provider.requests.length, 0)
})

clientTest('structured output is asked for as a chat does, and parsed', async (t, start) => {
  const { openai, provider } = await start([answer('{"sky":"blue"}')])
  const properties = { sky: { type: 'string' } }
  const schema = { type: 'object', properties, required: ['sky'], additionalProperties: false }
  const format = { type: 'json_schema' as const, name: 'sky', schema, strict: true }
  const response = await openai.responses.parse({ model, input: 'The sky?', text: { format } })
  t.same(response.output_parsed, { sky: 'blue' })
  t.match(provider.requests[0]!.body, {
    response_format: { type: 'json_schema', json_schema: { name: 'sky', schema, strict: true } },
  })
})

clientTest('responses are there without /v1 as well', async (t, start) => {
  const { openai, baseURL } = await start([answer('ok')])
  const bare = openai.withOptions({ baseURL: baseURL.replace(/\/v1$/, '') })
  t.equal((await bare.responses.create({ model, input: 'Hello' })).output_text, 'ok')
})
