import { createParser } from 'eventsource-parser'
import { answer, delta, error, gate, hold, reset, stream } from '../fake-provider.ts'
import { callingTool, model, toolCall } from './conversation.ts'
import { clientKey, clientTest } from './serve.ts'

/** A body as Anthropic's SDK sends it, and the SDK's headers. */
async function post(baseURL: string, path: string, body: object, key = clientKey): Promise<Response> {
  return await fetch(`${baseURL}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body),
  })
}

interface Event {
  readonly name: string | undefined
  readonly data: Record<string, unknown>
}

async function eventsOf(response: Response): Promise<Event[]> {
  const events: Event[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ name: event, data: JSON.parse(data) }),
  })
  parser.feed(await response.text())
  return events
}

const weather = {
  name: 'weather',
  description: 'Weather at a place',
  input_schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
}

const hello = { model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }

clientTest('a message is answered, with usage', async (t, start) => {
  const usage = {
    prompt_tokens: 7,
    completion_tokens: 5,
    total_tokens: 12,
    prompt_tokens_details: { cached_tokens: 3 },
  }
  const { baseURL, provider } = await start([answer('Hello there', { usage })])
  const response = await post(baseURL, '/messages', {
    ...hello,
    system: 'Be brief.',
    stop_sequences: ['END'],
  })
  t.equal(response.status, 200)
  t.equal(response.headers.get('request-id'), response.headers.get('x-request-id'))
  const message = (await response.json()) as object
  t.match(message, { id: /^msg_/ })
  t.strictSame(
    { ...message, id: 'msg_1' },
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 4,
        output_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 3,
      },
    },
  )
  t.strictSame(provider.requests[0]!.body, {
    model,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
    ],
    max_tokens: 100,
    stop: ['END'],
  })
})

clientTest('a message streams its events under their names', async (t, start) => {
  const { baseURL } = await start([stream([delta({ reasoning_content: 'hm' }), 'one ', 'two'])])
  const response = await post(baseURL, '/messages', { ...hello, stream: true })
  t.match(response.headers.get('content-type'), /^text\/event-stream/)
  const events = await eventsOf(response)
  t.ok(events.every(({ name, data }) => name === data['type']))
  t.match(
    events.map(({ data }) => data),
    [
      { type: 'message_start', message: { id: /^msg_/, content: [], usage: { output_tokens: 0 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'one ' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'two' } },
      { type: 'content_block_stop', index: 1 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { input_tokens: 7, output_tokens: 5 },
      },
      { type: 'message_stop' },
    ],
  )
  t.equal(events.length, 10)
})

clientTest('text reaches the client while the model writes', async (t, start) => {
  const second = gate()
  const { baseURL } = await start([stream(['one ', hold(second), 'two'])])
  const response = await post(baseURL, '/messages', { ...hello, stream: true })
  let text = ''
  for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
    text += bytes
    if (text.includes('"one "')) second.release()
  }
  t.match(text, /"two"[\s\S]*event: message_stop/)
})

clientTest('tools are called and their results seen, streamed or not', async (t, start) => {
  const { baseURL, provider } = await start([[callingTool, callingTool, answer('Rain in Oslo')]])
  const asked = { ...hello, tools: [weather], tool_choice: { type: 'any' } }
  const use = { type: 'tool_use', id: toolCall.id, name: 'weather', input: { place: 'Oslo' } }
  const called = (await (await post(baseURL, '/messages', asked)).json()) as { content: object[] }
  t.match(called, { content: [use], stop_reason: 'tool_use' })

  const events = await eventsOf(await post(baseURL, '/messages', { ...asked, stream: true }))
  const deltas = events.flatMap(({ data }) => (data['delta'] ?? []) as { partial_json?: string }[])
  const json = deltas.map(({ partial_json: part = '' }) => part).join('')
  t.same(JSON.parse(json), use.input)
  t.match(events.at(-2)?.data, { delta: { stop_reason: 'tool_use' } })

  const result = { type: 'tool_result', tool_use_id: toolCall.id, content: 'rain' }
  const messages = [
    ...hello.messages,
    { role: 'assistant', content: called.content },
    { role: 'user', content: [result] },
  ]
  const final = await (await post(baseURL, '/messages', { ...asked, messages })).json()
  t.match(final, { content: [{ text: 'Rain in Oslo' }] })
  const { input_schema: parameters, ...about } = weather
  t.match(provider.requests[2]!.body, {
    messages: [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: null, tool_calls: [toolCall] },
      { role: 'tool', tool_call_id: toolCall.id, content: 'rain' },
    ],
    tools: [{ type: 'function', function: { ...about, parameters } }],
    tool_choice: 'required',
  })
})

for (const approach of ['bon', 'moa', 'self_consistency', 'cot_reflection', 're2']) {
  clientTest(`${approach} answers as a message, whole and streamed`, async (t, start) => {
    const { baseURL, provider } = await start([answer('7')])
    const asked = { ...hello, model: `${approach}-${model}` }
    const response = await post(baseURL, '/messages', asked)
    t.equal(response.headers.get('x-hulumanage-approach'), `proxy-${approach}`)
    t.match(await response.json(), {
      content: [{ type: 'text', text: '7' }],
      usage: { input_tokens: 7 * provider.requests.length },
    })
    const events = await eventsOf(await post(baseURL, '/messages', { ...asked, stream: true }))
    t.ok(events.some(({ data }) => (data['delta'] as { text?: string } | undefined)?.text === '7'))
    t.equal(events.at(-1)?.name, 'message_stop')
  })
}

clientTest('progress is thinking', async (t, start) => {
  const { baseURL } = await start([answer('7')])
  const asked = { ...hello, model: `bon-${model}`, stream: true, hulumanage_progress: true }
  const events = await eventsOf(await post(baseURL, '/messages', asked))
  t.match(events[1]?.data, { type: 'content_block_start', content_block: { type: 'thinking' } })
  t.equal(events.filter(({ name }) => name === 'message_start').length, 1)
  t.equal(events.at(-1)?.name, 'message_stop')
})

clientTest('errors have the shape that the SDK reads', async (t, start) => {
  const { baseURL, provider } = await start([[error(400), error(500), stream(['one ', reset()])]], {
    api_keys: ['sk-server'],
  })
  const refused = await post(baseURL, '/messages', hello, 'sk-wrong')
  t.equal(refused.status, 401)
  t.match(await refused.json(), {
    type: 'error',
    error: { type: 'authentication_error', message: String },
    request_id: refused.headers.get('request-id'),
  })
  const cases = [
    [{ model, messages: hello.messages }, 400, 'invalid_request_error', /^max_tokens: /],
    [hello, 400, 'invalid_request_error', /Scripted/],
    [hello, 502, 'api_error', /./],
  ] as const
  for (const [body, status, type, message] of cases) {
    const response = await post(baseURL, '/messages', body, 'sk-server')
    t.equal(response.status, status)
    t.match(await response.json(), { type: 'error', error: { type, message } })
  }
  provider.script(stream(['one ', reset()]))
  const events = await eventsOf(await post(baseURL, '/messages', { ...hello, stream: true }, 'sk-server'))
  t.match(events.at(-1), { name: 'error', data: { type: 'error', error: { type: 'overloaded_error' } } })
  t.notOk(events.some(({ name }) => name === 'message_stop'))

  const wrong = await fetch(`${baseURL}/messages`, { headers: { 'x-api-key': 'sk-server' } })
  t.equal(wrong.status, 405)
  t.match(await wrong.json(), { type: 'error', error: { type: 'invalid_request_error' } })
})

clientTest('tokens are counted without asking a model, with /v1 and without', async (t, start) => {
  const { baseURL, provider } = await start([answer('never')])
  const { max_tokens: _most, ...asked } = hello
  const count = async (body: object, url = baseURL) => {
    const response = await post(url, '/messages/count_tokens', body)
    return ((await response.json()) as { input_tokens: number }).input_tokens
  }
  const few = await count(asked)
  t.ok(few > 0)
  t.ok((await count({ ...asked, tools: [weather] }, baseURL.replace(/\/v1$/, ''))) > few)
  const refused = await post(baseURL, '/messages/count_tokens', {})
  t.equal(refused.status, 400)
  t.match(await refused.json(), { type: 'error', error: { type: 'invalid_request_error' } })
  t.equal(provider.requests.length, 0)
})

clientTest('an address with /v1 serves clients that add it themselves', async (t, start) => {
  const { baseURL, provider } = await start([answer('Hello there')])
  const response = await post(`${baseURL}/v1`, '/messages', hello)
  t.equal(response.status, 200)
  t.match(await response.json(), { type: 'message', content: [{ type: 'text', text: 'Hello there' }] })
  t.equal(provider.requests.length, 1)
  const models = await fetch(`${baseURL}/v1/models`, { headers: { 'x-api-key': clientKey } })
  t.match(await models.json(), { object: 'list' })
})
