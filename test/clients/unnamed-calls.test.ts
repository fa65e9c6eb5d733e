import fc from 'fast-check'
import t from 'tap'
import type { Test } from 'tap'
import { answer, fakeProvider } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { messages } from '../fake-messages.ts'
import { responses } from '../fake-responses.ts'
import { serve } from './serve.ts'

const services = {
  chat: { action: answer('Hi'), entry: {} },
  messages: { action: messages(), entry: { type: 'anthropic' } },
  responses: { action: responses(), entry: { api: 'responses' } },
}
type Service = keyof typeof services

/** Asks each service in turn, and returns what each of them got. */
async function start(t: Test) {
  const names = Object.keys(services) as Service[]
  const fakes = await Promise.all(names.map(name => fakeProvider(t, services[name].action)))
  const providers = names.map((name, index) => ({
    ...services[name].entry,
    name,
    base_url: fakes[index]!.url,
    api_key: 'k',
    models: [name],
  }))
  const url = await serve(t, JSON.stringify({ routing: { health_check: { enabled: false } }, providers }))
  return async (service: Service, path: string, body: Json): Promise<Json> => {
    const response = await fetch(`${url}/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: service, ...body }),
    })
    t.equal(response.status, 200, `${path} to ${service}: ${await response.text()}`)
    return fakes[names.indexOf(service)]!.requests.at(-1)!.body
  }
}

/** The ids of calls and of results in a body, in their order. */
function idsIn(body: Json) {
  const calls: unknown[] = []
  const results: unknown[] = []
  const read = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const one = value as Json
    if ('tool_use_id' in one) results.push(one['tool_use_id'])
    else if ('tool_call_id' in one) results.push(one['tool_call_id'])
    else if (String(one['type']).endsWith('_output')) results.push(one['call_id'])
    else if (one['type'] === 'function_call') calls.push(one['call_id'])
    else if (one['type'] === 'tool_use' || one['type'] === 'function') calls.push(one['id'])
    Object.values(one).forEach(read)
  }
  read(body['messages'] ?? body['input'])
  return { calls, results }
}

/** Conversations with two rounds of two calls each, in each format; `id` gives each place its id. */
const histories: readonly (readonly [string, (id: (name: string) => unknown) => Json])[] = [
  [
    '/chat/completions',
    id => {
      const call = (name: string) => ({
        id: id(name),
        type: 'function',
        function: { name: 'f', arguments: '{}' },
      })
      const result = (name: string) => ({ role: 'tool', tool_call_id: id(name), content: name })
      const round = (a: string, b: string) => [
        { role: 'assistant', content: null, tool_calls: [call(a), call(b)] },
        result(a),
        result(b),
      ]
      return { messages: [{ role: 'user', content: 'Hi' }, ...round('a', 'b'), ...round('c', 'd')] }
    },
  ],
  [
    '/messages',
    id => {
      const call = (name: string) => ({ type: 'tool_use', id: id(name), name: 'f', input: {} })
      const result = (name: string) => ({ type: 'tool_result', tool_use_id: id(name), content: name })
      const round = (a: string, b: string) => [
        { role: 'assistant', content: [call(a), call(b)] },
        { role: 'user', content: [result(a), result(b)] },
      ]
      const turns = [{ role: 'user', content: 'Hi' }, ...round('a', 'b'), ...round('c', 'd')]
      return { max_tokens: 9, tools: [{ name: 'f', input_schema: { type: 'object' } }], messages: turns }
    },
  ],
  [
    '/responses',
    id => {
      const call = (name: string) => ({
        type: 'function_call',
        call_id: id(name),
        name: 'f',
        arguments: '{}',
      })
      const result = (name: string) => ({ type: 'function_call_output', call_id: id(name), output: name })
      const round = (a: string, b: string) => [call(a), call(b), result(a), result(b)]
      return { input: [{ role: 'user', content: 'Hi' }, ...round('a', 'b'), ...round('c', 'd')] }
    },
  ],
]

t.test('calls without ids in a history get some, and so do their results, in their order', async t => {
  const send = await start(t)
  for (const [path, historyOf] of histories) {
    for (const service of Object.keys(services) as Service[]) {
      for (const none of [null, '', undefined]) {
        const { calls, results } = idsIn(
          await send(
            service,
            path,
            historyOf(() => none),
          ),
        )
        t.equal(new Set(calls).size, 4, 'four calls, each with its own id')
        t.ok(calls.every(id => typeof id === 'string' && id !== ''))
        t.same(results, calls)
      }
    }
  }
})

t.test('whichever ids are missing, each result stays with its call', async t => {
  const send = await start(t)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...histories),
      fc.constantFrom<Service>('chat', 'messages', 'responses'),
      fc.subarray(['a', 'b', 'c', 'd']),
      async ([path, historyOf], service, missing) => {
        const { calls, results } = idsIn(
          await send(
            service,
            path,
            historyOf(name => (missing.includes(name) ? null : `call_${name}`)),
          ),
        )
        t.same(results, calls)
      },
    ),
    { numRuns: 30 },
  )
})

t.test('a call that only its item names is answered under that name', async t => {
  const send = await start(t)
  const input = [
    { role: 'user', content: 'Hi' },
    { type: 'function_call', id: 'fc_1', call_id: null, name: null, arguments: null },
    { type: 'function_call_output', call_id: 'fc_1', output: 'done' },
  ]
  t.match(await send('chat', '/responses', { input }), {
    messages: [
      { role: 'user' },
      { tool_calls: [{ id: 'fc_1', function: { name: 'unnamed_tool', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'fc_1', content: 'done' },
    ],
  })
})

t.test('texts and earlier turns of Messages that say nothing reach no service', async t => {
  const send = await start(t)
  const turns = [
    { role: 'user', content: 'one' },
    { role: 'assistant', content: null },
    { role: 'user', content: null },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: null },
        { type: 'text', text: '\n' },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'text', text: '' },
        { type: 'text', text: 'two' },
      ],
    },
  ]
  const { messages: relayed } = await send('messages', '/messages', { max_tokens: 9, messages: turns })
  const [one, two] = ['one', 'two'].map(text => ({ type: 'text', text }))
  t.same(relayed, [{ role: 'user', content: [one, two] }])
  const { messages: chat } = await send('chat', '/messages', { max_tokens: 9, messages: turns })
  t.same(chat, [{ role: 'user', content: [one, two] }])
})
