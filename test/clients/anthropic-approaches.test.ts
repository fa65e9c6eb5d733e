import t from 'tap'
import { nativeFieldsOf, withNativeSettings } from '../../src/chat/notes/native-form.ts'
import { answer } from '../fake-provider.ts'
import type { Service } from '../strict/index.ts'
import { world } from '../providers/spelling/world.ts'

type Blocks = readonly Readonly<Record<string, unknown>>[]

const mark = { cache_control: { type: 'ephemeral' } }
const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' }

/** A body with a mark on each part that may have one, a cited document and a budget. */
const body = {
  max_tokens: 6000,
  thinking: { type: 'enabled', budget_tokens: 3000 },
  tools: [{ type: 'custom', name: 'ls', input_schema: { type: 'object', properties: {} }, ...mark }],
  system: [{ type: 'text', text: 'You read.', ...mark }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'document', source: pdf, title: 'a', citations: { enabled: true }, ...mark },
        { type: 'text', text: 'Look.' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
        { type: 'tool_use', id: 'toolu_1', name: 'ls', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.txt' },
        { type: 'text', text: 'And?', ...mark },
      ],
    },
  ],
}

/** Whether a call may use the tools; helper calls have them for their history only. */
function isCandidate(sent: Readonly<Record<string, unknown>>): boolean {
  return 'tools' in sent && (sent['tool_choice'] as { type?: string } | undefined)?.type !== 'none'
}

for (const approach of ['bon', 'moa', 're2', 'self_consistency'] as const) {
  t.test(
    `under ${approach}, candidates get what Anthropic takes: marks, documents, thoughts and the budget`,
    async t => {
      const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
      const { status, text } = await post('/v1/messages', { model: `${approach}-claude-sonnet-4-5`, ...body })
      t.equal(status, 200, text)
      t.same(provider.refused, [])
      const candidates = provider.requests.map(request => request.body).filter(isCandidate)
      t.not(candidates.length, 0)
      for (const sent of candidates) {
        t.same(sent['thinking'], body.thinking)
        t.notOk('output_config' in sent)
        t.same(sent['tools'], body.tools)
        t.match((sent['system'] as Blocks).at(-1), mark)
        const [first, second] = sent['messages'] as { content: Blocks }[]
        t.same(first!.content, body.messages[0]!.content)
        t.same(second!.content, body.messages[1]!.content)
        t.equal(JSON.stringify(sent).split('cache_control').length - 1, 4)
      }
    },
  )
}

t.test('an effort that only Anthropic has reaches it under an approach', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const adaptive = { ...body, thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }
  await post('/v1/messages', { model: 'bon-claude-opus-4-6', ...adaptive })
  for (const { body: sent } of provider.requests.filter(request => isCandidate(request.body)))
    t.match(sent, { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } })
})

t.test('a step that sets another effort means that one', async t => {
  const native = { fields: { thinking: { type: 'adaptive' } }, effort: 'low' }
  const request = withNativeSettings({ model: 'm', messages: [], reasoning_effort: 'low' }, native)
  t.same(nativeFieldsOf({ ...request, temperature: 1 }), native.fields)
  t.same(nativeFieldsOf({ ...request, reasoning_effort: 'high' }), {})
  t.equal(JSON.stringify(request), '{"model":"m","messages":[],"reasoning_effort":"low"}')
})

const places: readonly (readonly [Service, object, number])[] = [
  ['qwen', { type: 'openrouter' }, 3],
  ['qwen', { accepts: { cache_control: true } }, 3],
  ['qwen', {}, 0],
  ['openai', { type: 'azure' }, 0],
]

for (const [service, entry, count] of places) {
  t.test(`marks reach a service with the chat API if it takes them: ${JSON.stringify(entry)}`, async t => {
    const { provider, post } = await world(t, service, entry, answer('fine'))
    const { thinking: _thinking, messages, tools: _tools, ...rest } = body
    const asked = [messages[0], { role: 'user', content: [{ type: 'text', text: 'Which?', ...mark }] }]
    for (const model of ['m', 're2-m']) {
      const { status, text } = await post('/v1/messages', { model, ...rest, messages: asked })
      t.equal(status, 200, text)
      t.equal(provider.requests.at(-1)!.text.split('cache_control').length - 1, count)
    }
    if (count > 0) return
    t.match(provider.requests[0]!.body['messages'], [
      { role: 'system', content: 'You read.' },
      {},
      { role: 'user', content: 'Which?' },
    ])
  })
}

t.test('a mark of the whole request becomes one at the end of what all calls share', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const messages = [{ role: 'user', content: 'Look.' }]
  const asked = { model: 'bon-claude-sonnet-4-5', max_tokens: 100, messages, ...mark }
  t.equal((await post('/v1/messages', asked)).status, 200)
  const [first] = provider.requests
  t.same((first!.body['messages'] as Blocks)[0], {
    role: 'user',
    content: [{ type: 'text', text: 'Look.', ...mark }],
  })
})

const question = [{ role: 'user', content: 'What is new?' }]

t.test('candidates may use the search that the client offers, at a provider of its own API', async t => {
  const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 }
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const asked = { model: 'bon-claude-sonnet-4-5', max_tokens: 100, messages: question }
  for (const tools of [[search], [search, body.tools[0]]])
    t.equal((await post('/v1/messages', { ...asked, tools })).status, 200)
  t.same(provider.refused, [])
  const offered = provider.requests.map(request => (request.body['tools'] ?? []) as Blocks)
  const searching = offered.filter(tools => tools.some(({ name }) => name === 'web_search'))
  t.equal(searching.length, 6, 'three candidates each, and no helper')
  for (const tools of searching) t.match(tools.at(-1), search)
  const { length } = provider.requests
  await post('/v1/messages', { ...asked, tools: [search], tool_choice: { type: 'none' } })
  t.notMatch(
    provider.requests.slice(length).map(request => request.text),
    /web_search/,
  )
})

t.test('candidates may fetch pages and run code, with the betas that the client has chosen', async t => {
  const tools = [
    { type: 'web_fetch_20250910', name: 'web_fetch' },
    { type: 'code_execution_20250825', name: 'code_execution' },
  ]
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const betas = { 'anthropic-beta': 'web-fetch-2025-09-10,code-execution-2025-08-25' }
  const asked = { model: 'bon-claude-sonnet-4-5', max_tokens: 100, messages: question, tools }
  t.equal((await post('/v1/messages', asked, betas)).status, 200)
  t.same(provider.refused, [])
  const candidates = provider.requests.filter(request => 'tools' in request.body)
  t.equal(candidates.length, 3)
  for (const { body: sent, headers } of candidates) {
    t.match(sent['tools'], tools)
    t.equal(headers['anthropic-beta'], betas['anthropic-beta'])
  }
})

t.test('a tool that may change something outside is offered to no candidate', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const mcp_servers = [{ type: 'url', url: 'https://mcp.example.com', name: 'm' }]
  const tools = [{ type: 'mcp_toolset', mcp_server_name: 'm' }]
  const asked = { model: 'bon-claude-sonnet-4-5', max_tokens: 100, messages: question, tools, mcp_servers }
  t.equal((await post('/v1/messages', asked)).status, 200)
  for (const { text } of provider.requests) t.notMatch(text, /mcp/)
})

t.test('the search of one API reaches no service of another', async t => {
  const messages = { model: 're2-m', max_tokens: 100, messages: question }
  const offers = {
    '/v1/messages': { ...messages, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    '/v1/responses': { model: 're2-m', input: 'What is new?', tools: [{ type: 'web_search' }] },
  }
  const services = [
    ['openai', {}, []],
    ['openai', { api: 'responses' }, ['/v1/responses']],
    ['anthropic', { type: 'anthropic' }, ['/v1/messages']],
  ] as const
  for (const [service, entry, own] of services) {
    const { provider, post } = await world(t, service, entry)
    for (const [path, offer] of Object.entries(offers)) {
      t.equal((await post(path, offer)).status, 200)
      t.equal(
        provider.requests.at(-1)!.text.includes('web_search'),
        (own as readonly string[]).includes(path),
      )
    }
    t.same(provider.refused, [])
  }
})
