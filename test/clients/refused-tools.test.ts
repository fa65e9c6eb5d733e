import t from 'tap'
import { answer, delta, error, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { call, responses, said } from '../fake-responses.ts'
import { f, outputOf, refusals, strict, world } from './functions-alone.ts'
import type { Json } from './functions-alone.ts'

const patch = '*** Begin Patch\n*** End Patch'
const custom = { type: 'custom', name: 'apply_patch', description: 'Edits files.' } as const
const nested = {
  type: 'namespace',
  name: 'mcp__docs',
  description: '',
  tools: [{ ...f, name: 'find' }],
} as const
const called = {
  ...call,
  name: 'apply_patch',
  call_id: 'call_1',
  arguments: JSON.stringify({ input: patch }),
}

for (const [name, refusal] of refusals)
  for (const streamed of [false, true])
    t.test(
      `custom tools are functions once a service knows no others: ${name}, stream: ${streamed}`,
      async t => {
        const { provider, openai } = await world(t, strict(refusal, responses([called])))
        const tools = [f, custom]
        for (const _ of [1, 2]) {
          const [item] = await outputOf(openai, { tools }, streamed)
          t.match(item, { type: 'custom_tool_call', name: 'apply_patch', input: patch, call_id: 'call_1' })
        }
        const bodies = provider.requests.map(({ body }) => body as { tools: Json[] })
        t.same(
          bodies.map(({ tools: sent }) => sent.map(({ type }) => type)),
          [
            ['function', 'custom'],
            ['function', 'function'],
            ['function', 'function'],
          ],
        )
        const history = [
          { type: 'message', role: 'user', content: 'Hi' },
          { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: patch },
          { type: 'custom_tool_call_output', call_id: 'call_1', output: 'done' },
        ]
        await outputOf(openai, { tools, input: history }, streamed)
        t.match((provider.requests.at(-1)!.body['input'] as Json[]).slice(1), [
          { type: 'function_call', call_id: 'call_1', name: 'apply_patch', arguments: called.arguments },
          { type: 'function_call_output', call_id: 'call_1', output: 'done' },
        ])
        const plain = await outputOf(openai, { tools: [f] }, streamed)
        t.match(plain[0], { type: 'function_call' }, 'other requests are relayed as before')
      },
    )

t.test('a namespace of tools is functions once a service refuses it, not left out', async t => {
  const found = { ...call, name: 'mcp__docs__find', arguments: '{}' }
  for (const [name, refusal] of refusals) {
    const { openai } = await world(t, strict(refusal, responses([found])))
    const [item] = await outputOf(openai, { tools: [f, nested] }, false)
    t.match(item, { type: 'function_call', name: 'find', namespace: 'mcp__docs' }, name)
  }
})

t.test('a request that only one service can answer keeps its custom tools, and is refused', async t => {
  const [, refusal] = refusals[0]!
  const { provider, openai } = await world(t, strict(refusal, responses([called])))
  for (const more of [{}, { previous_response_id: 'resp_1' }, { previous_response_id: 'resp_1' }]) {
    const made = outputOf(openai, { tools: [f, custom], ...more }, false)
    if (Object.keys(more).length === 0) await made
    else await t.rejects(made, { status: 400, message: /must be 'function'/ })
  }
  const last = provider.requests.at(-1)!.body as { tools: Json[] }
  t.same(
    last.tools.map(({ type }) => type),
    ['function', 'custom'],
  )
})

// https://github.com/ollama/ollama/blob/main/openai/responses.go
t.test(
  'a service that does not know calls of custom tools in a history gets them as calls of functions',
  async t => {
    const message = 'json: input[1]: unknown input item type: "custom_tool_call"'
    const script: Action = exchange =>
      (/custom_tool_call/.test(exchange.request.text)
        ? error(400, { error: { message } })
        : responses([said('fine')]))(exchange)
    const { provider, openai } = await world(t, script)
    const input = [
      { type: 'message', role: 'user', content: 'Hi' },
      { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: patch },
      { type: 'custom_tool_call_output', call_id: 'call_1', output: 'done' },
    ]
    t.match(await outputOf(openai, { input, tools: [custom] }, false), [{ type: 'message' }])
    t.match((provider.requests[1]!.body['input'] as Json[])[1], { type: 'function_call' })
  },
)

// https://github.com/antirez/ds4/issues/745, https://github.com/Wei-Shaw/sub2api/issues/5659,
// https://github.com/caozhiyuan/copilot-api/issues/242
t.test('a call that a service makes one of a function is a call of the custom tool', async t => {
  const { openai } = await world(
    t,
    responses([called, { ...called, id: 'fc_2', call_id: 'call_2', name: 'f' }]),
  )
  const expected = [
    { type: 'custom_tool_call', name: 'apply_patch', input: patch, call_id: 'call_1' },
    { type: 'function_call', name: 'f', call_id: 'call_2', arguments: called.arguments },
  ]
  for (const streamed of [false, true])
    t.match(await outputOf(openai, { tools: [f, custom] }, streamed), expected)
  const events: string[] = []
  const body = { model: 'm', input: 'Hi', tools: [f, custom], stream: true as const }
  for await (const event of await openai.responses.create(body)) {
    events.push(event.type)
    if (event.type === 'response.output_item.added' && event.output_index === 0)
      t.match(event.item, { type: 'custom_tool_call', input: '' })
    if (event.type === 'response.custom_tool_call_input.done') t.equal(event.input, patch)
  }
  t.equal(events.filter(type => type === 'response.custom_tool_call_input.done').length, 1)
  t.equal(events.filter(type => type === 'response.function_call_arguments.done').length, 1)
})

t.test('a chat service that refuses custom tools gets functions, and its calls are custom again', async t => {
  const made = {
    id: 'call_1',
    type: 'function',
    function: { name: 'apply_patch', arguments: called.arguments },
  }
  const fine: Action = exchange =>
    (exchange.request.body['stream'] === true
      ? stream([delta({ tool_calls: [{ index: 0, ...made }] })], { finish: 'tool_calls' })
      : answer({ content: null, tool_calls: [made] }, { finish: 'tool_calls' }))(exchange)
  const refusal = () => ({
    error: { message: 'tools[0].type: unknown variant `custom`, expected `function`' },
  })
  const { provider, openai } = await world(t, strict(refusal, fine), {})
  const body = {
    model: 'm',
    messages: [{ role: 'user' as const, content: 'Hi' }],
    tools: [{ type: 'custom' as const, custom: { name: 'apply_patch' } }],
  }
  const whole = await openai.chat.completions.create(body)
  const expected = { type: 'custom', custom: { name: 'apply_patch', input: patch } }
  t.match(whole.choices[0]!.message.tool_calls, [expected])
  let input = ''
  for await (const { choices } of await openai.chat.completions.create({ ...body, stream: true }))
    for (const piece of choices[0]?.delta.tool_calls ?? [])
      input += (piece as { custom?: { input?: string } }).custom?.input ?? ''
  t.equal(input, patch)
  t.equal(provider.requests.length, 3)
})
