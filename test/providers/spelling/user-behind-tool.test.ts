import t from 'tap'
import { answer } from '../../fake-provider.ts'
import { world } from './world.ts'

const call = { id: 'abcdefghi', type: 'function', function: { name: 'shell', arguments: '{}' } }
const tools = [
  { type: 'function', function: { name: 'shell', parameters: { type: 'object', properties: {} } } },
]
const round = [
  { role: 'user', content: 'Go' },
  { role: 'assistant', content: null, tool_calls: [call] },
  { role: 'tool', tool_call_id: 'abcdefghi', content: 'done' },
]
const shell = { name: 'shell', input_schema: { type: 'object', properties: {} } }
/** As Claude Code adds its reminders to the results of tools. */
const reminded = [
  { role: 'user', content: 'Go' },
  { role: 'assistant', content: [{ type: 'tool_use', id: 'abcdefghi', name: 'shell', input: {} }] },
  {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'abcdefghi', content: 'done' },
      { type: 'text', text: '<system-reminder>Be brief.</system-reminder>' },
    ],
  },
]

const rolesOf = ({ body }: { body: Readonly<Record<string, unknown>> }) =>
  (body['messages'] as readonly { role: string }[]).map(({ role }) => role).join(' ')

// https://github.com/mistralai/mistral-common/issues/169
t.test(
  'models of Mistral get a turn of their own between a result and the user, whoever serves them',
  async t => {
    for (const [entry, model, service] of [
      [{ type: 'mistral' }, 'mistral-large', 'mistral'],
      [{}, 'mistralai/Devstral-Small-2-24B-Instruct-2512', 'openai'],
      [{ type: 'openrouter' }, 'mistralai/magistral-medium', 'openai'],
    ] as const) {
      const { provider, post } = await world(
        t,
        service,
        entry,
        service === 'openai' ? answer('Hi') : undefined,
      )
      const body = { model, max_tokens: 9, tools: [shell], messages: reminded }
      const { status, text } = await post('/v1/messages', body)
      t.equal(status, 200, text)
      t.equal(rolesOf(provider.requests[0]!), 'user assistant tool assistant user', model)
    }
  },
)

t.test('other services get the history of a client as it is', async t => {
  for (const entry of [{}, { type: 'openrouter' }]) {
    const { provider, post } = await world(t, 'openai', entry, answer('Hi'))
    await post('/v1/messages', { model: 'glm-5', max_tokens: 9, tools: [shell], messages: reminded })
    t.equal(rolesOf(provider.requests[0]!), 'user assistant tool user')
  }
})

t.test('the instruction of a step follows a word of the model only where services are unknown', async t => {
  const asked = { model: 'glm-5', messages: round, tools, hulumanage_approach: 'plansearch' }
  for (const [entry, roles] of [
    [{}, 'user assistant tool assistant user'],
    [{ type: 'openrouter' }, 'user assistant tool user'],
  ] as const) {
    const { provider, post } = await world(t, 'openai', entry, answer('Hi'))
    const { status, text } = await post('/v1/chat/completions', asked)
    t.equal(status, 200, text)
    t.equal(rolesOf(provider.requests[0]!), roles)
  }
  const claude = await world(t, 'anthropic', { type: 'anthropic' })
  const { text } = await claude.post('/v1/chat/completions', { ...asked, model: 'claude-sonnet-4-5' })
  t.same(claude.provider.refused, [], text)
  t.equal(rolesOf(claude.provider.requests[0]!), 'user assistant user')
})
