import OpenAI from 'openai'
import type { ChatCompletionChunk } from 'openai/resources'
import t from 'tap'
import type { Test } from 'tap'
import type { ConfigInput } from '../../src/config/schema.ts'
import { event, eventStream } from '../fake-messages.ts'
import { answer, fakeProvider, gate, hold, reset } from '../fake-provider.ts'
import type { FakeProvider, Script } from '../fake-provider.ts'
import { call, eventsOf, responseOf, responses, responsesError, said } from '../fake-responses.ts'
import { conversation, hello, textOf, toolCall, weather } from './conversation.ts'
import { stuck, clientKey, errorOf, serve } from './serve.ts'

const model = 'gpt-fake'
const request = { model, messages: hello }
const streamed = { ...request, stream: true as const }
const bill = {
  prompt_tokens: 27,
  completion_tokens: 5,
  total_tokens: 32,
  prompt_tokens_details: { cached_tokens: 20 },
  completion_tokens_details: { reasoning_tokens: 2 },
}

interface World {
  readonly openai: OpenAI
  readonly service: FakeProvider
  readonly other: FakeProvider
}

type Start = (script: Script, entry?: object, config?: Partial<ConfigInput>) => Promise<World>

/** A test of the whole server over a provider that speaks Responses alone, with an ordinary one as a fallback. */
function upstreamTest(name: string, work: (t: Test, start: Start) => Promise<void>): void {
  void t.test(name, async t => {
    let url = ''
    await work(t, async (script, entry = {}, config = {}) => {
      const service = await fakeProvider(t, script)
      const other = await fakeProvider(t, answer('from the other'))
      const text = JSON.stringify({
        approach: 'proxy',
        // So that tests can read the error.
        stream_failure: 'event',
        routing: { health_check: { enabled: false }, stream_recovery: 'off' },
        providers: [
          {
            name: 'service',
            type: 'openai',
            api: 'responses',
            base_url: service.url,
            api_key: 'sk-a',
            ...entry,
          },
          { name: 'other', base_url: other.url, api_key: 'sk-other', fallback_only: true },
        ],
        ...config,
      })
      url = await serve(t, text)
      const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: clientKey, maxRetries: 0 })
      return { openai, service, other }
    })
    t.same(await stuck(url), [], 'no provider is busy')
  })
}

async function read(stream: AsyncIterable<ChatCompletionChunk>) {
  const chunks: ChatCompletionChunk[] = []
  try {
    for await (const chunk of stream) chunks.push(chunk)
  } catch (error) {
    return { chunks, error }
  }
  return { chunks, error: undefined }
}

t.test("OpenAI's own client understands the fake provider of these tests", async t => {
  const { url } = await fakeProvider(t, responses([said('Zürich'), call]))
  const client = new OpenAI({ baseURL: url, apiKey: 'sk', maxRetries: 0 })
  t.match(await client.responses.create({ model, input: 'Hello' }), { output_text: 'Zürich' })
  const final = await client.responses.stream({ model, input: 'Hello' }).finalResponse()
  t.match(final.output, [{ type: 'message' }, { type: 'function_call', arguments: call.arguments }])
})

upstreamTest('a chat completion comes from a provider that speaks Responses', async (t, start) => {
  const { openai, service } = await start(responses('Hello there'))
  const completion = await openai.chat.completions.create({
    ...request,
    max_completion_tokens: 50,
    reasoning_effort: 'low',
    verbosity: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
    metadata: { a: 'b' },
    n: 1,
  })
  t.match(completion, {
    object: 'chat.completion',
    model,
    choices: [{ message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
    usage: bill,
  })
  t.strictSame(service.requests[0]?.body, {
    store: false,
    model,
    metadata: { a: 'b' },
    input: [{ type: 'message', role: 'user', content: 'Hello' }],
    max_output_tokens: 50,
    reasoning: { effort: 'low' },
    text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' } }, verbosity: 'low' },
  })
})

upstreamTest(
  'a stream has the text as it is written, the end, and usage where it is asked for',
  async (t, start) => {
    const seen = gate()
    const events = eventsOf(responseOf('Hello there'))
    const { openai } = await start([
      eventStream(...events.slice(0, 5), hold(seen), ...events.slice(5)),
      responses('Hello there'),
    ])
    let text = ''
    for await (const chunk of await openai.chat.completions.create(streamed)) {
      text += textOf([chunk])
      if (text !== '') seen.release()
      t.notOk(chunk.usage)
    }
    t.equal(text, 'Hello there')
    const { chunks } = await read(
      await openai.chat.completions.create({ ...streamed, stream_options: { include_usage: true } }),
    )
    t.match(chunks.at(-1)?.usage, bill)
    t.equal(chunks.at(-2)?.choices[0]?.finish_reason, 'stop')
  },
)

for (const stream of [false, true]) {
  upstreamTest(
    `tools are called and their results sent, ${stream ? 'streamed' : 'whole'}`,
    async (t, start) => {
      const { openai, service } = await start([responses([call]), responses('Rain in Oslo')])
      const places: object[] = []
      const run = openai.chat.completions.runTools({
        ...request,
        stream,
        parallel_tool_calls: false,
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
      } as Parameters<typeof openai.chat.completions.runTools>[0])
      t.equal(await run.finalContent(), 'Rain in Oslo')
      t.same(places, [{ place: 'Oslo' }])
      t.match(service.requests[1]?.body, {
        tools: [
          { type: 'function', name: 'weather', parameters: weather.function.parameters, strict: false },
        ],
        parallel_tool_calls: false,
        input: [
          { role: 'user', content: 'Hello' },
          { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: call.arguments },
          { type: 'function_call_output', call_id: 'call_1', output: 'rain' },
        ],
      })
    },
  )
}

upstreamTest('a conversation of every kind keeps its images and calls', async (t, start) => {
  const { openai, service } = await start(responses('42'))
  await openai.chat.completions.create({
    model,
    messages: conversation,
    tools: [weather],
    tool_choice: 'auto',
  })
  t.match(service.requests[0]?.body['input'], [
    { role: 'system' },
    {
      role: 'user',
      content: [{ type: 'input_text' }, { type: 'input_image', image_url: /^data:image\/png/ }],
    },
    { type: 'function_call', call_id: toolCall.id },
    { type: 'function_call_output', call_id: toolCall.id },
    { role: 'assistant', content: [{ type: 'output_text', text: 'Oslo, in the rain.' }] },
    { role: 'user' },
  ])
})

upstreamTest('sources, thoughts and an early end are told, whole and streamed', async (t, start) => {
  const source = {
    type: 'url_citation',
    url: 'https://example.org',
    title: 'x',
    start_index: 0,
    end_index: 2,
  }
  const thought = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me see' }] }
  const output = [thought, said('42', [source])]
  const script = responses(output, { reason: 'max_output_tokens' })
  const { openai } = await start([script, script])
  const { choices } = await openai.chat.completions.create(request)
  const told = { reasoning_content: 'Let me see', annotations: [{ url_citation: { url: source.url } }] }
  t.match(choices[0], { message: { content: '42', ...told }, finish_reason: 'length' })
  const { chunks } = await read(await openai.chat.completions.create(streamed))
  const deltas = chunks.map(({ choices: [choice] }) => (choice?.delta ?? {}) as Record<string, unknown>)
  const thoughts = deltas.map(delta => (delta['reasoning_content'] as string | undefined) ?? '')
  t.equal(thoughts.join(''), 'Let me see')
  t.match(deltas.find(delta => 'annotations' in delta)?.['annotations'], told.annotations)
  t.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'length')
})

for (const [name, script] of Object.entries({
  'a stream that ends before its content': eventStream(...eventsOf(responseOf('x')).slice(0, 3)),
  'a failed response before the content': eventStream(
    ...eventsOf(responseOf('x')).slice(0, 2),
    event('response.failed', { response: { error: { code: 'server_error', message: 'Oh' } } }),
  ),
  'a 503': responsesError(503, 'server_error', 'Overloaded'),
})) {
  upstreamTest(`${name} sends the request to another provider`, async (t, start) => {
    const { openai, service } = await start(script)
    const { chunks, error } = await read(await openai.chat.completions.create(streamed))
    t.notOk(error)
    t.equal(textOf(chunks), 'from the other')
    t.equal(service.requests.length, 1)
  })
}

for (const [name, broken] of Object.entries({
  'a cut': reset(),
  'an error event': event('error', { code: 'server_error', message: 'Oh', param: null }),
  'a failed response': event('response.failed', { response: { error: { message: 'Oh' } } }),
})) {
  upstreamTest(`${name} after content is an error in the stream`, async (t, start) => {
    const { openai } = await start(eventStream(...eventsOf(responseOf('Hello there')).slice(0, 5), broken))
    const { chunks, error } = await read(await openai.chat.completions.create(streamed))
    if (chunks.length > 0) t.ok(error instanceof OpenAI.APIError)
    else t.fail('the content came first')
  })
}

upstreamTest('what Responses has no words for goes to a provider that has them', async (t, start) => {
  const { openai, service } = await start(responses())
  for (const field of [{ seed: 1 }, { stop: 'x' }, { logprobs: true }]) {
    const { choices } = await openai.chat.completions.create({ ...request, ...field })
    t.equal(choices[0]?.message.content, 'from the other')
  }
  t.same(service.requests, [], 'nothing was sent')
})

upstreamTest('where none has them it is a 400 that says so, or the field is left out', async (t, start) => {
  const routing = { max_attempts: 1, health_check: { enabled: false } }
  const { openai } = await start(responses(), {}, { routing })
  const thrown = await errorOf(openai.chat.completions.create({ ...request, seed: 1 }))
  t.match(thrown, { status: 400, param: 'seed', message: /seed has no counterpart in the Responses API/ })
  const lax = await start(responses(), { drop_unsupported: true }, { routing })
  await lax.openai.chat.completions.create({ ...request, seed: 1, stop: 'x' })
  t.strictSame(Object.keys(lax.service.requests[0]!.body).toSorted(), ['input', 'model', 'store'])
  const never = { web_search_options: {} }
  const refused = await errorOf(lax.openai.chat.completions.create({ ...request, ...never }))
  t.match(refused, { param: 'web_search_options' })
})

upstreamTest('an approach works over it as over any other', async (t, start) => {
  const { openai, service } = await start(responses('42'))
  const { choices } = await openai.chat.completions.create({ ...request, model: `re2-${model}` })
  t.equal(choices[0]?.message.content, '42')
  t.match(service.requests[0]?.text, /Hello.*Hello/)
})

upstreamTest('Perplexity is called where it answers now, under the names it has now', async (t, start) => {
  const { openai, service } = await start(responses('42'), { type: 'perplexity', api: undefined })
  const format = { type: 'json_schema' as const, json_schema: { name: 'a', schema: {} } }
  await openai.chat.completions.create({ ...request, model: 'sonar', stop: null })
  service.script(({ request: { path } }) => responsesError(400, 'x', `asked ${path}`))
  const thrown = await errorOf(
    openai.chat.completions.create({ ...request, model: 'sonar', response_format: format }),
  )
  t.match(thrown, { message: /asked \/v1\/responses/ })
  t.strictSame(service.requests[0]?.body, {
    model: 'perplexity/sonar',
    input: [{ type: 'message', role: 'user', content: 'Hello' }],
  })
  t.match(service.requests[1]?.body, { response_format: format })
})
