import type { Action, ReceivedRequest } from '../fake-provider.ts'
import { answer, error, hold, gate, stream } from '../fake-provider.ts'
import { callingTool, hello, model, toolCall, weather } from './conversation.ts'
import { providerKey } from './leaks.ts'
import { clientTest, errorOf } from './serve.ts'

/** The part of the method that a call belongs to. */
function partOf({ text }: ReceivedRequest): 'panel' | 'judge' | 'synthesis' {
  if (text.includes('## Blind spots')) return 'judge'
  return text.includes('cover the blind spots') ? 'synthesis' : 'panel'
}

/** A panel whose members disagree, a judge, and a writer. */
const deliberating: Action = ({ request }) => {
  const part = partOf(request)
  if (part === 'panel') return answer(`I am ${String(request.body['model'])}, and say ${request.text.length}`)
  return answer(part === 'judge' ? '## Consensus\nnone' : 'fused')
}

const asked = { model: 'openrouter/fusion', messages: hello }
const panel = { id: 'fusion', analysis_models: ['x-small', 'y-large'], model: 'z-writer' }

clientTest('the model openrouter/fusion with its plugin is the step fusion', async (t, start) => {
  const { openai, provider } = await start([deliberating])
  const request = { ...asked, plugins: [{ ...panel, max_tool_calls: 8 }, { id: 'web' }] }
  const { data, response } = await openai.chat.completions.create(request).withResponse()
  t.match(data, { model: 'z-writer', choices: [{ message: { content: 'fused' } }] })
  t.equal(response.headers.get('x-hulumanage-approach'), 'proxy-fusion')
  t.same(
    provider.requests.map(received => `${partOf(received)} ${String(received.body['model'])}`).toSorted(),
    ['judge z-writer', 'panel x-small', 'panel y-large', 'synthesis z-writer'],
  )
  for (const { body } of provider.requests) t.same(body['plugins'], [{ id: 'web' }])
})

clientTest('the plugin alone lets the requested model write from the panel', async (t, start) => {
  const { openai, provider } = await start([deliberating])
  const plugins = [{ id: 'fusion', analysis_models: ['x-small', 'y-large'] }]
  const { model: written } = await openai.chat.completions.create({
    ...asked,
    model,
    plugins,
  } as typeof asked)
  t.equal(written, model)
  t.ok(provider.requests.every(({ body }) => body['plugins'] === undefined))

  const off = [{ ...panel, enabled: false }]
  await openai.chat.completions.create({ ...asked, model, plugins: off } as typeof asked)
  t.equal(provider.requests.length, 5, 'a plugin that is not enabled is left out')
})

clientTest('openrouter/fusion without a plugin takes the panel of the configuration', async (t, start) => {
  const steps = { fusion: { analysis_models: ['first', 'second'] } }
  const { openai, provider } = await start([deliberating], { approach: 'proxy', steps })
  t.equal((await openai.chat.completions.create(asked)).model, 'first', 'which also writes')
  t.equal(provider.requests.length, 4)
})

clientTest('openrouter/fusion without any model says what is missing', async (t, start) => {
  const { openai } = await start([deliberating])
  t.match(await errorOf(openai.chat.completions.create(asked)), {
    status: 400,
    message: /fusion.*default model/,
  })
  const plugins = [{ id: 'fusion', analysis_models: 'x' }]
  const wrong = openai.chat.completions.create({ ...asked, model, plugins } as typeof asked)
  t.match(await errorOf(wrong), { status: 400, message: /analysis_models/ })
})

for (const [whose, own] of [
  ['that names openrouter/fusion', { models: ['openrouter/fusion', model] }],
  ['that is OpenRouter', { type: 'openrouter' }],
] satisfies [string, object][])
  clientTest(`a provider ${whose} gets it with its plugin`, async (t, start) => {
    const { provider } = await start([answer('native')])
    const router = { name: 'router', base_url: provider.url, api_key: providerKey(0), ...own }
    const { openai } = await start([answer('unused')], { providers: [router] })
    for (const requested of ['openrouter/fusion', model]) {
      const request = { ...asked, model: requested, plugins: [panel] }
      await openai.chat.completions.create(request as typeof asked)
      t.match(provider.requests.at(-1)?.body, { model: requested, plugins: [panel] })
    }
    t.equal(provider.requests.length, 2)
  })

clientTest('the synthesis of fusion streams as the model writes', async (t, start) => {
  const second = gate()
  const { openai } = await start([
    exchange =>
      exchange.request.body['stream'] ? stream(['one ', hold(second), 'two']) : deliberating(exchange),
  ])
  let text = ''
  const events = await openai.chat.completions.create({
    ...asked,
    plugins: [panel],
    stream: true,
  } as typeof asked & { stream: true })
  for await (const chunk of events) {
    text += chunk.choices[0]?.delta.content ?? ''
    if (text === 'one ') second.release()
  }
  t.equal(text, 'one two')
})

clientTest('the synthesis of fusion may call the tools that the panel only sees', async (t, start) => {
  const { openai, provider } = await start([
    exchange =>
      exchange.request.body['tool_choice'] === 'none' ? deliberating(exchange) : callingTool(exchange),
  ])
  const request = { model: `fusion-${model}`, messages: hello, tools: [weather] }
  const plugins = [{ id: 'fusion', analysis_models: ['x-small', 'y-large'] }]
  const { choices } = await openai.chat.completions.create({ ...request, plugins } as typeof request)
  t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
  const panelists = provider.requests.filter(received => partOf(received) === 'panel')
  t.ok(panelists.length > 1 && panelists.every(({ body }) => Array.isArray(body['tools'])))
})

clientTest('fusion continues without a member of the panel that fails', async (t, start) => {
  const { openai } = await start([
    exchange => (exchange.request.body['model'] === 'x-small' ? error(400) : deliberating(exchange)),
  ])
  const { data, response } = await openai.chat.completions
    .create({ ...asked, plugins: [panel] } as typeof asked)
    .withResponse()
  t.equal(data.choices[0]?.message.content, 'fused')
  t.match(response.headers.get('x-hulumanage-degraded'), /panel 1\/2/)
})
