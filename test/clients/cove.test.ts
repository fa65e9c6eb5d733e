import type { Action } from '../fake-provider.ts'
import { answer, error, gate, hold, stream } from '../fake-provider.ts'
import { callingTool, hello, model, toolCall, weather } from './conversation.ts'
import { clientTest, errorOf } from './serve.ts'

/** A model that gets a date wrong, and knows it when it is asked. */
const historian: Action = ({ request: { text } }) => {
  if (text.includes('numbered list of questions'))
    return answer('1. When was Ada born?\n2. Where was she born?')
  if (text.includes('one or two sentences')) return answer('In 1815.')
  return answer(text.includes('Checks of facts') ? 'Ada was born in 1815.' : 'Ada was born in 1816.')
}

const asked = { model: `cove-${model}`, messages: hello }

clientTest('cove revises a draft by checks that do not see it', async (t, start) => {
  const { openai, provider } = await start([historian])
  const { data, response } = await openai.chat.completions.create(asked).withResponse()
  t.equal(data.choices[0]?.message.content, 'Ada was born in 1815.')
  t.equal(response.headers.get('x-hulumanage-calls'), '5')
  const checks = provider.requests.filter(({ text }) => text.includes('one or two sentences'))
  t.ok(checks.length === 2 && checks.every(({ text }) => !text.includes('1816')))
})

clientTest('the revision of cove streams as the model writes', async (t, start) => {
  const second = gate()
  const { openai } = await start([
    exchange =>
      exchange.request.body['stream'] ? stream(['one ', hold(second), 'two']) : historian(exchange),
  ])
  let text = ''
  for await (const chunk of await openai.chat.completions.create({ ...asked, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
    if (text === 'one ') second.release()
  }
  t.equal(text, 'one two')
})

clientTest(
  'cove fails if every check is refused, and says that it is degraded if one is',
  async (t, start) => {
    const refusing =
      (refuses: (text: string) => boolean): Action =>
      exchange =>
        refuses(exchange.request.text) ? error(400) : historian(exchange)
    const all = await start([refusing(text => text.includes('one or two sentences'))])
    t.match(await errorOf(all.openai.chat.completions.create(asked)), { status: 400 })
    const one = await start([refusing(text => text.includes('sentences') && text.includes('Where was she'))])
    const { response } = await one.openai.chat.completions.create(asked).withResponse()
    t.match(response.headers.get('x-hulumanage-degraded'), /cove\.check 1\/2/)
  },
)

clientTest('cove hands tool calls to the client', async (t, start) => {
  const { openai, provider } = await start([callingTool])
  const { choices } = await openai.chat.completions.create({ ...asked, tools: [weather] })
  t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
  t.equal(provider.requests.length, 1)
})
