import t from 'tap'
import { event, eventStream, eventsOf, messageOf } from '../../fake-messages.ts'
import { hold, json } from '../../fake-provider.ts'
import type { Action } from '../../fake-provider.ts'
import { responseOf } from '../../fake-responses.ts'
import type { Service } from '../../strict/index.ts'
import { world } from './world.ts'

const grammar = { syntax: 'lark', definition: 'start: /.+/' }
const patch = {
  type: 'custom',
  custom: { name: 'apply_patch', description: 'Edits', format: { type: 'grammar', grammar } },
}
const look = { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }
const input = '*** Begin "Patch"\n+ä\n'
const called = { id: 'call_00001', type: 'custom', custom: { name: 'apply_patch', input } }
const request = {
  model: 'gpt-5.1',
  messages: [
    { role: 'user', content: 'Edit' },
    { role: 'assistant', content: null, tool_calls: [called] },
    { role: 'tool', tool_call_id: 'call_00001', content: 'Done' },
    { role: 'user', content: 'Again' },
  ],
  tools: [patch, look],
  tool_choice: { type: 'custom', custom: { name: 'apply_patch' } },
}

const args = JSON.stringify({ input })
const pieces = args.match(/.{1,7}/gsu) ?? []

/** A chat service that calls the function which it was told to call. */
const chat: Action = ({ request: { body } }) => {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
  const call = (fields: object) => ({ tool_calls: [{ index: 0, ...fields }] })
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const whole = { id: 'call_2', type: 'function', function: { name: 'apply_patch', arguments: args } }
  const message = { role: 'assistant', content: null, tool_calls: [whole] }
  const completion = {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
  }
  if (body['stream'] !== true) return json(completion)
  return eventStream(
    chunk(call({ id: 'call_2', type: 'function', function: { ...whole.function, arguments: '' } })),
    ...pieces.map(piece => chunk(call({ function: { arguments: piece } }))),
    chunk({}, 'tool_calls'),
    'data: [DONE]\n\n',
  )
}

const claude: Action = ({ request: { body } }) => {
  const content = [{ type: 'tool_use', id: 'call_2', name: 'apply_patch', input: { input } }]
  return body['stream'] === true ? eventStream(...eventsOf(content)) : json(messageOf(content))
}

const openai: Action = ({ request: { body } }) => {
  const item = {
    id: 'ctc_1',
    type: 'custom_tool_call',
    status: 'completed',
    call_id: 'call_2',
    name: 'apply_patch',
    input,
  }
  const response = responseOf([item])
  if (body['stream'] !== true) return json(response)
  const at = { output_index: 0, item_id: 'ctc_1' }
  return eventStream(
    event('response.created', { response: { ...response, output: [] } }),
    event('response.output_item.added', { output_index: 0, item: { ...item, input: '' } }),
    ...(input.match(/.{1,7}/gsu) ?? []).map(delta =>
      event('response.custom_tool_call_input.delta', { ...at, delta }),
    ),
    event('response.custom_tool_call_input.done', { ...at, input }),
    event('response.output_item.done', { output_index: 0, item }),
    event('response.completed', { response }),
  )
}

const services: readonly (readonly [Service, object, Action])[] = [
  ['deepseek', { type: 'deepseek' }, chat],
  ['mistral', { type: 'mistral' }, chat],
  ['anthropic', { type: 'anthropic' }, claude],
  ['openai', { api: 'responses' }, openai],
]

for (const [service, entry, script] of services) {
  t.test(`${service}: custom tools of a chat are called with their text, whole and streamed`, async t => {
    const { post, provider } = await world(t, service, entry, script)
    const whole = await post('/v1/chat/completions', request)
    t.equal(whole.status, 200, whole.text)
    t.match(JSON.parse(whole.text), {
      choices: [
        {
          finish_reason: 'tool_calls',
          message: { tool_calls: [{ id: 'call_2', type: 'custom', custom: { name: 'apply_patch', input } }] },
        },
      ],
    })
    const streamed = await post('/v1/chat/completions', { ...request, stream: true })
    t.equal(streamed.status, 200, streamed.text)
    const calls = chunksOf(streamed.text).flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
    t.match(calls[0], { index: 0, id: 'call_2', type: 'custom', custom: { name: 'apply_patch' } })
    t.equal(calls.map(({ custom }) => custom?.input ?? '').join(''), input)
    t.notMatch(streamed.text, '"function"')
    t.match(streamed.text, /\[DONE\]/)
    t.same(provider.refused, [])
    t.ok(
      provider.requests.every(({ text }) => text.includes('start: /.+/')),
      'the grammar is known',
    )
  })
}

t.test('a choice of allowed tools leaves out the others at services that do not know it', async t => {
  const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'look' } }] }
  const tool_choice = { type: 'allowed_tools', allowed_tools: allowed }
  for (const [service, entry, script] of services) {
    const { post, provider } = await world(t, service, entry, script)
    const { status, text } = await post('/v1/chat/completions', { ...request, tool_choice })
    t.equal(status, 200, `${service}: ${text}`)
    t.same(provider.refused, [])
    const { body } = provider.requests[0]!
    t.equal((body['tools'] as unknown[]).length, 1, service)
    const choice = service === 'anthropic' ? { type: 'any' } : 'required'
    t.same(body['tool_choice'], choice)
  }
})

t.test('an unknown service gets custom tools as the client wrote them', async t => {
  const { post, provider } = await world(t, 'openai')
  t.equal((await post('/v1/chat/completions', request)).status, 200)
  t.same(provider.requests[0]?.body['tools'], request.tools)
})

const head = { id: 'c', created: 1, model: 'm' }
const chunkOf = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const patchCall = (id: string, args: unknown, more: object = {}) => ({
  id,
  type: 'function',
  function: { name: 'apply_patch', arguments: args },
  ...more,
})

/** The inputs of the calls in a stream, each with its id. */
function inputsIn(text: string): string[][] {
  const calls: [string, string][] = []
  for (const { id, index = 0, custom } of chunksOf(text).flatMap(
    ({ choices }) => choices[0]?.delta.tool_calls ?? [],
  )) {
    const call = (calls[index] ??= [id ?? '', ''])
    call[1] += custom?.input ?? ''
  }
  return calls
}

for (const [name, ...streams] of [
  ['at one index', [{ index: 0 }, { index: 0 }]],
  ['without an index', [{}, {}]],
] as const) {
  t.test(`calls of custom tools ${name} have each its own input`, async t => {
    const [[one, two]] = streams
    const calls = [patchCall('call_1', '{"input":"x"}', one), patchCall('call_2', { input: 'y' }, two)]
    const script: Action = ({ request: { body } }) =>
      body['stream'] === true
        ? eventStream(chunkOf({ tool_calls: calls }), chunkOf({}, 'tool_calls'), 'data: [DONE]\n\n')
        : json({
            ...head,
            choices: [{ index: 0, message: { tool_calls: calls }, finish_reason: 'tool_calls' }],
          })
    const { post } = await world(t, 'deepseek', { type: 'deepseek' }, script)
    const whole = await post('/v1/chat/completions', request)
    t.match(JSON.parse(whole.text), {
      choices: [{ message: { tool_calls: [{ custom: { input: 'x' } }, { custom: { input: 'y' } }] } }],
    })
    const streamed = await post('/v1/chat/completions', { ...request, stream: true })
    t.same(inputsIn(streamed.text), [
      ['call_1', 'x'],
      ['call_2', 'y'],
    ])
  })
}

for (const [name, finish] of [
  ['a reason that is stated', chunkOf({}, 'tool_calls')],
  ['a reason that is not stated', ''],
] as const) {
  t.test(`a stream with a custom call ends at the end mark, with ${name}`, async t => {
    const call = chunkOf({ tool_calls: [patchCall('call_1', '{"input":"x"}', { index: 0 })] })
    const script = eventStream(`${call}${finish}data: [DONE]\n\n`, hold())
    const { post } = await world(t, 'deepseek', { type: 'deepseek' }, script)
    const { text } = await post('/v1/chat/completions', { ...request, stream: true })
    t.same(inputsIn(text), [['call_1', 'x']])
    t.match(text, '"finish_reason":"tool_calls"')
  })
}

for (const [name, ...sent] of [
  ['begin with a placeholder', '{}', '{"input":"x"}'],
  ['begin with a placeholder and come in pieces', '{}', '{"inp', 'ut":"x"}'],
  ['begin with null in pieces', 'nu', 'll', '{"input":"x"}'],
  ['are sent again as a whole', '{"input"', ':"x"}', '{"input":"x"}'],
  ['are a text within a text', '"{\\"input\\"', ':\\"x\\"}"'],
] as const) {
  t.test(`the input of a custom call is that of its arguments, even if they ${name}`, async t => {
    const [first, ...others] = sent.map((args, at) =>
      chunkOf({
        tool_calls: [
          at === 0 ? patchCall('call_1', args, { index: 0 }) : { index: 0, function: { arguments: args } },
        ],
      }),
    )
    const script = eventStream(first!, ...others, chunkOf({}, 'tool_calls'), 'data: [DONE]\n\n')
    const { post } = await world(t, 'deepseek', { type: 'deepseek' }, script)
    const { text } = await post('/v1/chat/completions', { ...request, stream: true })
    t.same(inputsIn(text), [['call_1', 'x']])
  })
}

t.test('a call of a custom tool with empty arguments has an empty input', async t => {
  for (const args of ['{}', '', null]) {
    const message = { tool_calls: [patchCall('call_1', args)] }
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }]
    const { post } = await world(t, 'deepseek', { type: 'deepseek' }, json({ ...head, choices }))
    const { text } = await post('/v1/chat/completions', request)
    t.match(text, '"input":""')
  }
})

interface PieceOfCall {
  readonly id?: string
  readonly index?: number
  readonly custom?: { readonly input?: string }
}

interface Piece {
  readonly choices: readonly {
    readonly delta: { readonly tool_calls?: readonly PieceOfCall[] }
  }[]
}

function chunksOf(text: string): Piece[] {
  return text
    .split('\n\n')
    .filter(part => part.startsWith('data: {'))
    .map(part => JSON.parse(part.slice('data: '.length)) as Piece)
    .filter(({ choices }) => choices?.length > 0)
}
