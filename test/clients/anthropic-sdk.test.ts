import Anthropic from '@anthropic-ai/sdk'
import { answer, delta, error, gate, hold, reset, stream } from '../fake-provider.ts'
import { callingTool, model, toolCall } from './conversation.ts'
import { clientKey, clientTest, errorOf } from './serve.ts'
import type { World } from './serve.ts'

/** The SDK with its defaults, except for the address, the key and no retries. */
function clientOf({ baseURL }: World, apiKey = clientKey): Anthropic {
  return new Anthropic({ baseURL: baseURL.replace(/\/v1$/, ''), apiKey, maxRetries: 0 })
}

const hello = {
  model,
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hello' }],
} satisfies Anthropic.MessageCreateParamsNonStreaming

const weather = {
  name: 'weather',
  description: 'Weather at a place',
  input_schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
} satisfies Anthropic.Tool

const use = { type: 'tool_use', id: toolCall.id, name: 'weather', input: { place: 'Oslo' } }

clientTest('messages.create is answered, with the id of the request', async (t, start) => {
  const client = clientOf(await start([answer('Hello there')]))
  const message = await client.messages.create({ ...hello, system: 'Be brief.' })
  t.match(message, {
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello there' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 7, output_tokens: 5 },
    _request_id: /^req_/,
  })
})

clientTest('messages.stream gives text as the model writes, and adds up to the message', async (t, start) => {
  const second = gate()
  const thinking = delta({ reasoning_content: 'hm' })
  const client = clientOf(await start([stream([thinking, 'one ', hold(second), 'two'])]))
  const events = client.messages.stream(hello)
  events.on('text', (_text, snapshot) => {
    if (snapshot === 'one ') second.release()
  })
  t.match(await events.finalMessage(), {
    content: [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'one two' },
    ],
    stop_reason: 'end_turn',
    usage: { input_tokens: 7, output_tokens: 5 },
  })
})

clientTest('the SDK calls tools, streamed or not, and sends their results', async (t, start) => {
  const world = await start([[callingTool, callingTool, answer('Rain in Oslo')]])
  const client = clientOf(world)
  const asked = { ...hello, tools: [weather] }
  const called = await client.messages.create(asked)
  t.match(called, { content: [use], stop_reason: 'tool_use' })
  const streamed = await client.messages.stream(asked).finalMessage()
  t.match(streamed, { content: [use], stop_reason: 'tool_use' })
  const result = { type: 'tool_result' as const, tool_use_id: toolCall.id, content: 'rain' }
  const final = await client.messages.create({
    ...asked,
    messages: [
      ...hello.messages,
      { role: 'assistant', content: streamed.content },
      { role: 'user', content: [result] },
    ],
  })
  t.match(final.content, [{ text: 'Rain in Oslo' }])
  t.match(world.provider.requests[2]!.body, {
    messages: [
      { role: 'user' },
      { role: 'assistant', tool_calls: [toolCall] },
      { role: 'tool', tool_call_id: toolCall.id, content: 'rain' },
    ],
  })
})

clientTest('approaches answer through the SDK, whole and streamed', async (t, start) => {
  const world = await start([answer(['7', '8', '9'])])
  const client = clientOf(world)
  const asked = { ...hello, model: `bon-${model}` }
  t.match(await client.messages.create(asked), { content: [{ text: '7' }] })
  t.equal(await client.messages.stream(asked).finalText(), '7')
  t.equal(world.provider.requests.length, 2 * (1 + 3))
})

clientTest('the SDK throws its own errors, also inside a stream', async (t, start) => {
  const world = await start([[error(400), error(500), stream(['one ', reset()])]], {
    api_keys: ['sk-server'],
  })
  const client = clientOf(world, 'sk-server')
  const wrongKey = clientOf(world, 'sk-wrong')
  t.ok((await errorOf(wrongKey.messages.create(hello))) instanceof Anthropic.AuthenticationError)
  t.ok((await errorOf(client.messages.create(hello))) instanceof Anthropic.BadRequestError)
  t.ok((await errorOf(client.messages.create(hello))) instanceof Anthropic.InternalServerError)
  const broken = await errorOf(client.messages.stream(hello).finalMessage())
  t.ok(broken instanceof Anthropic.APIError)
  t.match(broken, { error: { type: 'error', error: { type: 'overloaded_error' } } })
})

clientTest('the SDK counts tokens', async (t, start) => {
  const client = clientOf(await start([answer('never')]))
  const { max_tokens: _most, ...asked } = hello
  t.ok((await client.messages.countTokens(asked)).input_tokens > 0)
})
