import type { UsageMetadata } from '@langchain/core/messages'
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { ChatOpenAI, OpenAI } from '@langchain/openai'
import type { Action } from '../fake-provider.ts'
import { answer, error, gate, hold, reset, stream } from '../fake-provider.ts'
import { callingTool, model, toolCall, weather } from './conversation.ts'
import { clientKey, clientTest, errorOf } from './serve.ts'
import type { World } from './serve.ts'

/** As in the documents: the address, a model, and any string for a key. */
const settings = ({ baseURL }: World) => ({
  configuration: { baseURL },
  apiKey: clientKey,
  model,
  maxRetries: 0,
})

clientTest('ChatOpenAI is answered, with usage', async (t, start) => {
  const world = await start([answer('Hello there')])
  const chat = new ChatOpenAI(settings(world))
  const message = await chat.invoke([new SystemMessage('Be brief.'), new HumanMessage('Hello')])
  t.equal(message.content, 'Hello there')
  t.match(message.usage_metadata, { input_tokens: 7, output_tokens: 5, total_tokens: 12 })
  t.match(world.provider.requests[0]!.body, {
    model,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
    ],
  })
})

clientTest('ChatOpenAI streams as the model writes, with usage', async (t, start) => {
  const second = gate()
  const world = await start([stream(['one ', hold(second), 'two'])])
  let text = ''
  let tokens = 0
  const chunks = await new ChatOpenAI(settings(world)).stream('Count')
  for await (const { text: piece, usage_metadata: usage } of chunks) {
    text += piece
    tokens += (usage as UsageMetadata | undefined)?.total_tokens ?? 0
    if (text === 'one ') second.release()
  }
  t.equal(text, 'one two')
  t.equal(tokens, 12)
})

clientTest('ChatOpenAI calls tools and gets to see their results, streamed or not', async (t, start) => {
  const world = await start([[callingTool, callingTool, answer('Rain in Oslo')]])
  const chat = new ChatOpenAI(settings(world)).bindTools([weather])
  const question = new HumanMessage('How is the weather in Oslo?')
  const called = { name: 'weather', args: { place: 'Oslo' }, id: toolCall.id }

  const message = await chat.invoke([question])
  t.match(message.tool_calls, [called])
  const chunks = await Array.fromAsync(await chat.stream([question]))
  const [first, ...rest] = chunks
  const whole = rest.reduce((sum, chunk) => sum.concat(chunk), first!)
  t.match(whole.tool_calls, [called])

  const result = new ToolMessage({ tool_call_id: toolCall.id, content: 'rain' })
  const final = await chat.invoke([question, message, result])
  t.equal(final.content, 'Rain in Oslo')
  t.match(world.provider.requests[2]!.body, {
    messages: [
      { role: 'user' },
      { role: 'assistant', tool_calls: [toolCall] },
      { role: 'tool', tool_call_id: toolCall.id, content: 'rain' },
    ],
    tools: [weather],
  })
})

clientTest('ChatOpenAI reaches approaches by the model and by fields', async (t, start) => {
  const world = await start([answer(['7', '8', '9'])], { approach: 'auto' })
  const byModel = new ChatOpenAI({ ...settings(world), model: 'bon&proxy-gpt-4' })
  t.equal((await byModel.invoke('Pick')).content, '7')
  const modelKwargs = { hulumanage_approach: 'proxy', proxy_wrap: 'bon' }
  const byFields = new ChatOpenAI({ ...settings(world), modelKwargs })
  t.equal(
    (await byFields.invoke([new HumanMessage('Pick'), new AIMessage('5'), new HumanMessage('Again')]))
      .content,
    '7',
  )
  t.equal(world.provider.requests.length, 2 * (1 + 3))
  t.ok(world.provider.requests.every(({ body }) => body['model'] === model))
})

clientTest('ChatOpenAI takes structured output', async (t, start) => {
  const world = await start([answer('{"sky":"blue"}')])
  const schema = { title: 'sky', type: 'object', properties: { sky: { type: 'string' } }, required: ['sky'] }
  const settled = { ...settings(world), model: 'gpt-4o' }
  const chat = new ChatOpenAI(settled).withStructuredOutput(schema, { method: 'jsonSchema' })
  t.same(await chat.invoke('How is the sky?'), { sky: 'blue' })
  t.match(world.provider.requests[0]!.body, { response_format: { type: 'json_schema' } })
})

clientTest(
  'ChatOpenAI throws where the server answers with an error, and where a stream is cut',
  async (t, start) => {
    const world = await start([[error(400), stream(['one ', reset()])]])
    const chat = new ChatOpenAI(settings(world))
    t.match(await errorOf(chat.invoke('Hello')), { status: 400 })
    const reading = async () => await Array.fromAsync(await chat.stream('Count'))
    t.match(await errorOf(reading()), { code: 'upstream_truncated' })
  },
)

/** Repeats the question in capitals. */
const louder: Action = ({ request }) => {
  const { messages } = request.body as { messages: { content: string }[] }
  return answer(messages.at(-1)!.content.toUpperCase())
}

// Its own list of chat models keeps this class from asking for a bare gpt-4.
for (const [name, served, approach] of [
  ['gpt-3.5-turbo-instruct', 'gpt-3.5-turbo-instruct', 'proxy'],
  ['proxy-gpt-4', 'gpt-4', 'auto'],
] as const) {
  clientTest(`OpenAI, which speaks legacy completions, is answered for ${name}`, async (t, start) => {
    const world = await start([louder], { approach })
    const llm = new OpenAI({ ...settings(world), model: name })
    t.equal(await llm.invoke('What is the meaning of life?'), 'WHAT IS THE MEANING OF LIFE?')
    const { generations } = await llm.generate(['one', 'two'])
    t.same(
      generations.map(([generation]) => generation?.text),
      ['ONE', 'TWO'],
    )
    t.equal((await Array.fromAsync(await llm.stream('a b c'))).join(''), 'A B C')
    t.ok(world.provider.requests.every(({ body }) => body['model'] === served))
  })
}
