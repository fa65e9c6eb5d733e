import t from 'tap'
import { event, eventStream, eventsOf, messageOf } from '../../fake-messages.ts'
import { json } from '../../fake-provider.ts'
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

interface Piece {
  readonly choices: readonly {
    readonly delta: { readonly tool_calls?: readonly { readonly custom?: { readonly input?: string } }[] }
  }[]
}

function chunksOf(text: string): Piece[] {
  return text
    .split('\n\n')
    .filter(part => part.startsWith('data: {'))
    .map(part => JSON.parse(part.slice('data: '.length)) as Piece)
    .filter(({ choices }) => choices?.length > 0)
}
