import t from 'tap'
import type { Test } from 'tap'
import type { Chunk, Completion } from '../../../src/contract/index.ts'
import { messages as fromAnthropic } from '../../fake-messages.ts'
import { responses as fromResponses } from '../../fake-responses.ts'
import { delta, stream } from '../../fake-provider.ts'
import type { Action } from '../../fake-provider.ts'
import { world } from './world.ts'

const schema = { type: 'object', properties: { place: { type: 'string' } } }
const functions = [
  { name: 'weather', description: 'Weather at a place', parameters: schema },
  { name: 'air.quality', parameters: schema },
]
const user = { role: 'user', content: 'Oslo?' }
const asked = { model: 'm', max_tokens: 99, messages: [user], functions }
const args = '{"place":"Oslo"}'
const use = (name: string) => ({ type: 'tool_use', id: `toolu_${name}`, name, input: { place: 'Oslo' } })
const item = (name: string, at = 1) => ({
  id: `fc_${at}`,
  type: 'function_call',
  status: 'completed',
  call_id: `call_${at}`,
  name,
  arguments: args,
})

const services: readonly (readonly ['anthropic' | 'openai', object, (...names: string[]) => Action])[] = [
  ['anthropic', { type: 'anthropic' }, (...names) => fromAnthropic(names.map(use), { stop: 'tool_use' })],
  ['openai', { api: 'responses' }, (...names) => fromResponses(names.map(item))],
]

function chunksOf(text: string): Chunk[] {
  const lines = text.split('\n').filter(line => line.startsWith('data: {'))
  return lines.map(line => JSON.parse(line.slice('data: '.length)) as Chunk)
}

for (const [service, entry, calling] of services) {
  const start = async (test: Test, ...names: string[]) => await world(test, service, entry, calling(...names))

  t.test(
    `${service}: functions are offered as tools, and the call comes back as a function_call`,
    async t => {
      const { provider, post } = await start(t, 'weather', 'weather')
      const { text, status } = await post('/v1/chat/completions', asked)
      t.equal(status, 200, text)
      t.same(provider.refused, [])
      const [choice] = (JSON.parse(text) as Completion).choices
      t.match(choice, {
        message: { role: 'assistant', function_call: { name: 'weather', arguments: args } },
        finish_reason: 'function_call',
      })
      t.notOk(choice!.message.tool_calls)
      t.match(provider.requests[0]!.body['tools'], [{ name: 'weather' }, { name: /^air_quality_/ }])
    },
  )

  t.test(`${service}: a stream has the call in pieces of function_call`, async t => {
    const { provider, post } = await start(t, 'weather')
    const { text } = await post('/v1/chat/completions', { ...asked, stream: true })
    t.same(provider.refused, [])
    const choices = chunksOf(text).flatMap(chunk => chunk.choices)
    const calls = choices.flatMap(({ delta: { function_call: call } }) => (call ? [call] : [])) as {
      name?: string
      arguments?: string
    }[]
    t.equal(calls.map(({ name = '' }) => name).join(''), 'weather')
    t.equal(calls.map(call => call.arguments ?? '').join(''), args)
    t.equal(choices.at(-1)?.finish_reason, 'function_call')
    t.notMatch(text, /tool_calls/)
  })

  t.test(`${service}: a choice, a history and a renamed function are understood`, async t => {
    const { provider, post } = await start(t, 'weather')
    const history = [
      user,
      { role: 'assistant', content: null, function_call: { name: 'air.quality', arguments: args } },
      { role: 'function', name: 'air.quality', content: 'good' },
      user,
    ]
    for (const choice of ['auto', 'none', { name: 'air.quality' }]) {
      const { text } = await post('/v1/chat/completions', {
        ...asked,
        messages: history,
        function_call: choice,
      })
      t.same(provider.refused, [], text)
    }
    const [auto, none, forced] = provider.requests.map(({ body }) => body)
    t.match(JSON.stringify(auto!['tool_choice']), /auto/)
    t.match(JSON.stringify(none!['tool_choice']), /none/)
    t.match(JSON.stringify(forced!['tool_choice']), /"name":"air_quality_/)
    t.notMatch(JSON.stringify(forced), /air\.quality/)
  })

  t.test(`${service}: an answer calls a function by the client's own name`, async t => {
    const sent: string[] = []
    const { post } = await world(t, service, entry, ({ request }) => {
      const [, renamed] = request.body['tools'] as { name: string }[]
      sent.push(renamed!.name)
      return calling(renamed!.name)
    })
    const { text } = await post('/v1/chat/completions', asked)
    t.match((JSON.parse(text) as Completion).choices[0]?.message, { function_call: { name: 'air.quality' } })
    t.match(sent, [/^air_quality_/])
  })

  t.test(`${service}: bon over a conversation with functions offers them to its helpers, too`, async t => {
    const { provider, post } = await start(t, 'weather')
    const history = [
      user,
      { role: 'assistant', content: null, function_call: { name: 'weather', arguments: args } },
      { role: 'function', name: 'weather', content: 'rain' },
    ]
    const { text } = await post('/v1/chat/completions', {
      ...asked,
      model: 'bon-m',
      messages: history,
    })
    t.same(provider.refused, [], text)
    t.match((JSON.parse(text) as Completion).choices[0]?.message, { function_call: { name: 'weather' } })
  })
}

t.test(
  'pieces of a function_call of a chat service are one call for whoever reads the stream as a whole',
  async t => {
    const pieces = [{ name: 'weather', arguments: '' }, { arguments: '{"place"' }, { arguments: ':"Oslo"}' }]
    const script = stream(
      pieces.map(call => delta({ function_call: call })),
      { finish: 'function_call' },
    )
    const { post } = await world(t, 'openai', {}, script)
    const { text } = await post('/v1/chat/completions', { ...asked, model: 'cache-m' })
    t.match((JSON.parse(text) as Completion).choices[0], {
      message: { function_call: { name: 'weather', arguments: args } },
      finish_reason: 'function_call',
    })
  },
)
