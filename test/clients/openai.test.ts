import OpenAI from 'openai'
import type { ChatCompletionChunk, ChatCompletionMessageParam } from 'openai/resources'
import { answer, gate, hold, models, reset, stream } from '../fake-provider.ts'
import { clientTest, errorOf } from './serve.ts'
import { callingTool, hello, model, textOf, toolCall, weather } from './conversation.ts'

clientTest('a chat completion is whole, and the provider gets what the client sent', async (t, start) => {
  const { openai, provider } = await start([answer('Hello there')])
  const {
    data,
    response,
    request_id: requestId,
  } = await openai.chat.completions.create({ model, messages: hello }).withResponse()
  t.match(data, {
    id: String,
    object: 'chat.completion',
    created: Number,
    model,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello there' } }],
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  })
  t.match(Object.fromEntries(response.headers), {
    'x-request-id': requestId,
    'x-hulumanage-approach': 'proxy',
    'x-hulumanage-provider': 'provider-0',
    'x-hulumanage-calls': '1',
    'x-hulumanage-attempts': '1',
  })
  t.same(provider.requests[0]!.body, { model, messages: hello })
})

clientTest('what a client says of itself stays here', async (t, start) => {
  const { openai, provider } = await start([answer()])
  const client = openai.withOptions({ organization: 'org-ours', project: 'proj-ours' })
  const headers = { 'x-request-id': 'mine-1', cookie: 'session=1', 'x-forwarded-for': '10.0.0.1' }
  const { response } = await client.chat.completions
    .create({ model, messages: hello }, { headers })
    .withResponse()
  t.equal(response.headers.get('x-request-id'), 'mine-1')
  t.match(provider.requests[0]!.headers, { 'x-request-id': 'mine-1', authorization: 'Bearer sk-provider-0' })
  t.notMatch(JSON.stringify(provider.requests[0]!.headers), /-ours|session|10\.0\.0\.1/)
})

clientTest('a stream comes piece by piece, as the provider sends it', async (t, start) => {
  const second = gate()
  const { openai } = await start([stream(['one ', hold(second), 'two'])])
  const chunks: ChatCompletionChunk[] = []
  for await (const chunk of await openai.chat.completions.create({ model, messages: hello, stream: true })) {
    chunks.push(chunk)
    if (textOf(chunks) === 'one ') second.release()
  }
  t.equal(textOf(chunks), 'one two')
  t.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop')
  t.equal(new Set(chunks.map(({ id }) => id)).size, 1)
  t.ok(
    chunks.every(chunk => !chunk.usage && chunk.choices.length > 0),
    'nobody asked for usage',
  )
})

clientTest('stream_options.include_usage brings one chunk with usage at the end', async (t, start) => {
  const { openai } = await start([answer('one two')])
  const events = await openai.chat.completions.create({
    model,
    messages: hello,
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = await Array.fromAsync(events)
  t.match(chunks.at(-1), { choices: [], usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } })
  t.ok(chunks.slice(0, -1).every(({ usage }) => usage == null))
})

clientTest(
  'with stream_usage: always, streams report usage to those who do not refuse it',
  async (t, start) => {
    const { openai, provider } = await start([() => answer('one two')], { stream_usage: 'always' })
    const prompt = { model, stream: true } as const
    const usagesOf = async (
      options: Partial<typeof prompt> & { stream_options?: { include_usage: boolean } },
    ) => {
      const chats = await openai.chat.completions.create({ ...prompt, messages: hello, ...options })
      const texts = await openai.completions.create({ ...prompt, prompt: 'Hi', ...options })
      const chunks = [await Array.fromAsync(chats), await Array.fromAsync(texts)]
      return chunks.map(all => all.at(-1)?.usage?.total_tokens)
    }
    t.strictSame(await usagesOf({}), [12, 12])
    t.strictSame(await usagesOf({ stream_options: { include_usage: false } }), [undefined, undefined])
    const whole = await openai.chat.completions.create({ model, messages: hello })
    t.equal(whole.usage?.total_tokens, 12)
    t.notOk('stream_options' in provider.requests.at(-1)!.body)
  },
)

clientTest('the stream helper of the SDK puts the completion together again', async (t, start) => {
  const { openai } = await start([answer('one two three')])
  const final = await openai.chat.completions.stream({ model, messages: hello }).finalChatCompletion()
  t.match(final.choices, [{ finish_reason: 'stop', message: { content: 'one two three' } }])
})

clientTest('tools and their results go through over several turns', async (t, start) => {
  const { openai, provider } = await start([
    [answer({ content: null, tool_calls: [toolCall] }), answer('Rain')],
  ])
  const ask = (messages: ChatCompletionMessageParam[]) =>
    openai.chat.completions.create({ model, messages, tools: [weather], parallel_tool_calls: false })

  const [first] = (await ask(hello)).choices
  t.match(first, { finish_reason: 'tool_calls', message: { content: null, tool_calls: [toolCall] } })
  const messages: ChatCompletionMessageParam[] = [
    { role: 'developer', content: 'Be brief.' },
    ...hello,
    first!.message,
    { role: 'tool', tool_call_id: toolCall.id, content: '{"sky":"rain"}' },
  ]
  t.equal((await ask(messages)).choices[0]?.message.content, 'Rain')
  t.same(provider.requests[1]!.body, { model, messages, tools: [weather], parallel_tool_calls: false })
})

clientTest('the tool runner of the SDK runs tools from streamed calls', async (t, start) => {
  const { openai, provider } = await start([[callingTool, answer('Rain in Oslo')]])
  const places: unknown[] = []
  const run = openai.chat.completions.runTools({
    model,
    messages: hello,
    stream: true,
    tools: [
      {
        type: 'function',
        function: {
          ...weather.function,
          parse: JSON.parse as (text: string) => object,
          function: (args: object) => {
            places.push(args)
            return 'rain'
          },
        },
      },
    ],
  })
  t.equal(await run.finalContent(), 'Rain in Oslo')
  t.same(places, [{ place: 'Oslo' }])
  t.match(provider.requests[1]!.body['messages'], [
    ...hello,
    { role: 'assistant', tool_calls: [toolCall] },
    { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
  ])
})

clientTest('images, response_format and fields nobody here knows go through unchanged', async (t, start) => {
  const { openai, provider } = await start([answer('{"sky":"blue"}')])
  const request = {
    model,
    messages: [
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
        ],
      },
    ] satisfies ChatCompletionMessageParam[],
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'sky', strict: true, schema: { type: 'object', properties: {} } },
    },
    seed: 7,
    metadata: { team: 'blue' },
    reasoning_effort: 'low',
    top_k: 20,
    provider_extra: { deep: [1, { deeper: null }] },
  } as const
  const parsed = await openai.chat.completions.parse(request as never)
  t.same((parsed as { choices: { message: { parsed: unknown } }[] }).choices[0]?.message.parsed, {
    sky: 'blue',
  })
  t.same(provider.requests[0]!.body, request)
})

for (const [behaviour, options] of [
  ['ignores n', { ignoreN: true }],
  ['rejects n', { rejectN: true }],
  ['knows n', {}],
] as const) {
  clientTest(`n=3 gives three choices where the provider ${behaviour}`, async (t, start) => {
    const { openai, provider } = await start([answer('ok', options)])
    const request = { model, messages: hello, n: 3, seed: 5 }
    const whole = await openai.chat.completions.create(request)
    t.same(
      whole.choices.map(({ index, message }) => [index, message.content]),
      [0, 1, 2].map(index => [index, 'ok']),
    )
    const single = provider.requests.filter(({ body }) => body['n'] === undefined)
    t.same(new Set(single.map(({ body }) => body['seed'])).size, single.length, 'each sample has its seed')

    const final = await openai.chat.completions.stream(request).finalChatCompletion()
    t.same(
      final.choices.map(({ index, finish_reason, message }) => [index, finish_reason, message.content]),
      [0, 1, 2].map(index => [index, 'stop', 'ok']),
    )
  })
}

clientTest('models lists what providers list and map, and chains', async (t, start) => {
  const { openai, provider } = await start([models('not-asked')])
  t.same(await Array.fromAsync(await openai.models.list()), [])
  const { openai: configured } = await start([answer()], {
    providers: [
      { name: 'one', base_url: provider.url, api_key: 'k', models: ['a', 'org/b'], model_map: { c: 'd' } },
    ],
    chains: { fast: 'proxy-bon' },
  })
  const listed = await Array.fromAsync(await configured.models.list())
  t.same(
    listed.map(({ id }) => id),
    ['a', 'org/b', 'c', 'fast-a', 'fast-org/b', 'fast-c'],
  )
  t.match(await configured.models.retrieve('org/b'), { id: 'org/b', object: 'model', owned_by: 'one' })
})

clientTest('a client that leaves a stream takes the upstream call with it', async (t, start) => {
  const { openai, provider } = await start([stream(['one ', hold()])])
  const events = await openai.chat.completions.create({ model, messages: hello, stream: true })
  for await (const chunk of events) if (chunk.choices[0]?.delta.content) break
  await provider.requests[0]!.aborted
  t.equal(provider.requests.length, 1)
})

clientTest('a client that aborts before the first byte takes the upstream call with it', async (t, start) => {
  const { openai, provider } = await start([hold()])
  const controller = new AbortController()
  const asked = openai.chat.completions.create({ model, messages: hello }, { signal: controller.signal })
  const request = await provider.waitFor(1)
  controller.abort()
  t.ok((await errorOf(asked)) instanceof OpenAI.APIUserAbortError)
  await request.aborted
})

clientTest('a stream that is cut raises in the SDK and never looks complete', async (t, start) => {
  const { openai } = await start([stream(['one ', reset()])])
  const events = await openai.chat.completions.create({ model, messages: hello, stream: true })
  const chunks: ChatCompletionChunk[] = []
  const reading = async () => {
    for await (const chunk of events) chunks.push(chunk)
  }
  t.match(await errorOf(reading()), { constructor: OpenAI.APIError, code: 'upstream_truncated' })
  t.equal(textOf(chunks), 'one ')
  t.ok(chunks.every(({ choices }) => !choices[0]?.finish_reason))
})
