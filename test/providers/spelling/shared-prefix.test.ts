import t from 'tap'
import { world } from './world.ts'

type Block = Readonly<Record<string, unknown>>
interface Body {
  readonly system?: readonly Block[]
  readonly messages: readonly { readonly role: string; readonly content: readonly Block[] }[]
}

const story = 'Once upon a time, a king had three daughters. '.repeat(120)
const question = [{ role: 'user', content: `${story}How many daughters were there?` }]
const mark = { type: 'ephemeral' }
const hour = { type: 'ephemeral', ttl: '1h' }

/** The blocks of a request in the order in which the service reads them. */
const blocksOf = ({ system = [], messages }: Body) => [
  ...system,
  ...messages.flatMap(({ content }) => [...content]),
]
/** The part of a request up to its last mark, which is the part that its service caches. */
function cached(body: Body): readonly Block[] {
  const blocks = blocksOf(body)
  const end = blocks.findLastIndex(block => block['cache_control'] !== undefined)
  return blocks.slice(0, end + 1).map(({ cache_control: _mark, ...block }) => block)
}

const anthropic = { type: 'anthropic' }

t.test('the calls of one answer share a prefix that is marked for the cache', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  const messages = [{ role: 'system', content: 'Count well.' }, ...question]
  // More drafts that agree would be the answer.
  const two = { hulumanage_params: { moa: { n: 2 } } }
  const asked = { model: 'moa-claude-sonnet-4-5', messages, ...two }
  const { status } = await post('/v1/chat/completions', asked)
  t.equal(status, 200)
  const prefixes = provider.requests.map(({ body }) => cached(body as unknown as Body))
  t.ok(prefixes.length > 3)
  for (const prefix of prefixes) {
    t.same(prefix, [
      { type: 'text', text: 'Count well.' },
      { type: 'text', text: question[0]!.content },
    ])
  }
  t.same(provider.refused, [])
})

t.test('a client of Messages keeps its blocks, and gets the mark at their end', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: story } }
  const content = [document, { type: 'text', text: 'How many?' }]
  const messages = [{ role: 'user', content }]
  const body = { model: 'bon-claude-sonnet-4-5', max_tokens: 100, messages }
  t.equal((await post('/v1/messages', body)).status, 200)
  const [first] = provider.requests
  t.same(blocksOf(first!.body as unknown as Body), [
    document,
    { type: 'text', text: 'How many?', cache_control: mark },
  ])
  t.same(provider.refused, [])
})

t.test('the marks of a client stay, and ours is left out beyond the four that are allowed', async t => {
  for (const count of [1, 4]) {
    const { provider, post } = await world(t, 'anthropic', anthropic)
    const parts = Array.from({ length: count }, (_, index) => ({
      type: 'text',
      text: `Part ${index}`,
      cache_control: hour,
    }))
    const messages = [{ role: 'system', content: parts }, ...question]
    await post('/v1/chat/completions', { model: 'bon-claude-sonnet-4-5', messages })
    const marks = blocksOf(provider.requests[0]!.body as unknown as Body).map(block => block['cache_control'])
    t.same(
      marks,
      count === 1 ? [hour, mark] : [hour, hour, hour, hour, undefined],
      `${count} marks of the client`,
    )
    t.same(provider.refused, [])
  }
})

t.test('marks that a chat client has set on calls and within functions are counted as well', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  const ids = ['a', 'b', 'c']
  const calls = ids.map(id => ({ type: 'tool_use', id, name: 'f', input: {}, cache_control: hour }))
  const results = ids.map(id => ({ type: 'tool_result', tool_use_id: id, content: 'x' }))
  const turns = [
    { role: 'assistant', content: calls },
    { role: 'user', content: results },
  ]
  const parameters = { type: 'object', properties: {} }
  const tools = [{ type: 'function', function: { name: 'f', parameters, cache_control: hour } }]
  const messages = [...question, ...turns, ...question]
  const { status, text } = await post('/v1/chat/completions', {
    model: 'bon-claude-sonnet-4-5',
    messages,
    tools,
  })
  t.equal(status, 200, text)
  const [first] = provider.requests
  const marks = JSON.stringify(first!.body).split(`"cache_control":${JSON.stringify(hour)}`).length - 1
  t.equal(marks, 4, 'the mark of the client at each of them')
  t.same(provider.refused, [])
})

const unmarked: Readonly<Record<string, readonly [string, object]>> = {
  'a prompt too short for any cache': ['moa-claude', { messages: [{ role: 'user', content: 'How many?' }] }],
  'a method that makes one round of calls, of which none could read what another wrote': [
    're2-claude',
    { messages: question },
  ],
  'the request of the client itself': ['claude', { messages: question }],
}

for (const [name, [model, fields]] of Object.entries(unmarked)) {
  t.test(`no mark is set for ${name}`, async t => {
    const { provider, post } = await world(t, 'anthropic', anthropic)
    t.equal((await post('/v1/chat/completions', { model, ...fields })).status, 200)
    t.notOk(JSON.stringify(provider.requests.map(({ body }) => body)).includes('cache_control'))
  })
}

t.test('services that take no marks get none', async t => {
  const { provider, post } = await world(t, 'openai', {})
  t.equal((await post('/v1/chat/completions', { model: 'moa-claude', messages: question })).status, 200)
  const off = await world(t, 'anthropic', { ...anthropic, accepts: { cache_control: false } })
  t.equal((await off.post('/v1/chat/completions', { model: 'moa-claude', messages: question })).status, 200)
  const sent = [...provider.requests, ...off.provider.requests]
  t.notOk(JSON.stringify(sent.map(({ body }) => body)).includes('cache_control'))
})
