import type OpenAI from 'openai'
import type { Action } from '../fake-provider.ts'
import { answer, error, hold, gate, stream } from '../fake-provider.ts'
import { callingTool, hello, toolCall, weather } from './conversation.ts'
import { clientTest } from './serve.ts'

/** A cheap model whose samples differ, and a strong one. */
const levels: Action = exchange => {
  const { model } = exchange.request.body
  return model === 'small' ? answer(['1', '2', '3']) : answer('42')
}

const asked = { model: 'cascade-small>large', messages: hello }

clientTest('a chain with > between models asks them from left to right', async (t, start) => {
  const { openai, provider } = await start([levels])
  const { data, response } = await openai.chat.completions.create(asked).withResponse()
  t.match(data, { model: 'large', choices: [{ message: { content: '42' } }] })
  t.equal(response.headers.get('x-hulumanage-approach'), 'proxy-cascade')
  t.match(provider.requests.at(-1)?.body, { model: 'large', messages: hello })
  t.ok(provider.requests.slice(0, -1).every(({ body }) => body['model'] === 'small'))
})

clientTest('the last model of a cascade streams as it writes', async (t, start) => {
  const second = gate()
  const { openai } = await start([
    exchange => (exchange.request.body['stream'] ? stream(['one ', hold(second), 'two']) : levels(exchange)),
  ])
  let text = ''
  for await (const chunk of await openai.chat.completions.create({ ...asked, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
    if (text === 'one ') second.release()
  }
  t.equal(text, 'one two')
})

clientTest('tool calls on which a cheap model agrees reach the client', async (t, start) => {
  const { openai, provider } = await start([callingTool])
  const { choices } = await openai.chat.completions.create({ ...asked, tools: [weather] })
  t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
  t.ok(provider.requests.every(({ body }) => body['model'] === 'small'))
})

clientTest(
  'a cascade continues after a model that refuses, and says that it is degraded',
  async (t, start) => {
    const { openai } = await start([
      exchange => (exchange.request.body['model'] === 'small' ? error(400) : levels(exchange)),
    ])
    const { data, response } = await openai.chat.completions.create(asked).withResponse()
    t.equal(data.choices[0]?.message.content, '42')
    t.match(response.headers.get('x-hulumanage-degraded'), /level_1/)
  },
)

clientTest('a budget that ends a cascade before its last model returns the best so far', async (t, start) => {
  const { openai } = await start([levels])
  const tight = {
    ...asked,
    hulumanage_budget: { tokens: 10 },
  } as OpenAI.ChatCompletionCreateParamsNonStreaming
  t.match((await openai.chat.completions.create(tight)).choices, [
    { finish_reason: 'length', message: { content: '1' } },
  ])
})
