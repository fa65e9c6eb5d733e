import t from 'tap'
import { world } from './world.ts'

const mark = { cache_control: { type: 'ephemeral' } }
const path = '/v1/chat/completions'

function tool(name: string): object {
  return { type: 'function', function: { name, parameters: { type: 'object', properties: {} } }, ...mark }
}

function turn(role: string, text: string): object {
  return { role, content: [{ type: 'text', text, ...mark }] }
}

interface Block {
  readonly name?: string
  readonly text?: string
  readonly cache_control?: object
}

/** The texts and the names of tools with a mark, in the order in which the service reads them. */
function marked(body: Readonly<Record<string, unknown>>): unknown {
  const list = (field: string) =>
    (body[field] ?? []) as readonly (Block & { readonly content: readonly Block[] })[]
  const blocks = [...list('tools'), ...list('system'), ...list('messages').flatMap(({ content }) => content)]
  return blocks.filter(block => block.cache_control).map(({ name, text }) => name ?? text)
}

// https://platform.claude.com/docs/en/build-with-claude/prompt-caching, https://github.com/docker/docker-agent/pull/3686
t.test('of more marks than Anthropic accepts, the last ones of tools, system and turns stay', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const tools = [tool('a'), tool('b')]
  const system = turn('system', 's')
  const said = [
    turn('user', 'q1'),
    turn('assistant', 'a1'),
    turn('user', 'q2'),
    turn('assistant', 'a2'),
    turn('user', 'q3'),
  ]
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ messages: said }, ['a1', 'q2', 'a2', 'q3']],
    [{ messages: [system, ...said] }, ['s', 'q2', 'a2', 'q3']],
    [{ tools, messages: [system, ...said] }, ['b', 's', 'a2', 'q3']],
    [{ messages: [system, turn('system', 's2'), ...said.slice(2)] }, ['s2', 'q2', 'a2', 'q3']],
    [{ tools, messages: said }, ['b', 'q2', 'a2', 'q3']],
    [{ tools, messages: [system, turn('system', 's2'), said[0]] }, ['b', 's', 's2', 'q1']],
    [{ tools, messages: [system, said[0]] }, ['a', 'b', 's', 'q1']],
    [{ tools, messages: [system, ...said], ...mark }, ['b', 's', 'q3']],
  ]
  for (const [fields, kept] of cases) {
    const { status, text } = await post(path, { model: 'm', ...fields })
    t.equal(status, 200, text)
    const { body } = provider.requests.at(-1)!
    t.same(marked(body), kept)
    t.equal('tools' in body, 'tools' in fields)
  }
  t.same(provider.refused, [])
})

t.test('a mark that a chat has at a call or at a whole message is one of its block at Anthropic', async t => {
  const call = { id: 'c1', type: 'function', function: { name: 'ls', arguments: '{}' } }
  const messages = [
    { role: 'system', content: 's', ...mark },
    { role: 'user', content: 'q' },
    { role: 'assistant', content: null, tool_calls: [{ ...call, ...mark }] },
    { role: 'tool', tool_call_id: 'c1', content: 'a.txt', ...mark },
    { role: 'user', content: 'And?', ...mark },
  ]
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const { status, text } = await post(path, { model: 'm', messages })
  t.equal(status, 200, text)
  t.same(provider.refused, [])
  t.match(provider.requests[0]!.body, {
    system: [{ type: 'text', text: 's', ...mark }],
    messages: [
      { content: [{ type: 'text', text: 'q' }] },
      { content: [{ type: 'tool_use', id: 'c1', ...mark }] },
      {
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: 'a.txt', ...mark },
          { type: 'text', text: 'And?', ...mark },
        ],
      },
    ],
  })
  // Mistral refuses a field that it does not know.
  for (const service of ['mistral', 'deepseek', 'gemini'] as const) {
    const other = await world(t, service, { type: service })
    const answered = await other.post(path, { model: 'm', messages })
    t.equal(answered.status, 200, answered.text)
    t.same(other.provider.refused, [])
    t.notMatch(other.provider.requests[0]!.text, 'cache_control', service)
  }
})

t.test('a mark that a chat has within a function is one of the tool', async t => {
  const { function: called } = tool('a') as { readonly function: object }
  const tools = [{ type: 'function', function: { ...called, ...mark } }]
  const asked = { model: 'm', messages: [{ role: 'user', content: 'q' }], tools }
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const { status, text } = await post(path, asked)
  t.equal(status, 200, text)
  t.same(marked(provider.requests[0]!.body), ['a'])
  for (const service of ['mistral', 'deepseek'] as const) {
    const other = await world(t, service, { type: service })
    const answered = await other.post(path, asked)
    t.equal(answered.status, 200, answered.text)
    t.same(other.provider.refused, [])
    t.match(other.provider.requests[0]!.body['tools'], [{ type: 'function', function: called }])
    t.notMatch(other.provider.requests[0]!.text, 'cache_control', service)
  }
})

t.test('marks are counted in content that a client may have filled with anything', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const odd = [null, 1, 'x', [], { content: [null] }]
  for (const type of ['document', 'search_result']) {
    const said = [turn('user', 'q1'), { role: 'user', content: [{ type, content: odd }] }]
    const { status, text } = await post(path, {
      model: 'm',
      messages: [...said, ...said, ...said, ...said, ...said],
    })
    t.equal(status, 400, text)
    t.match(text, /the service does not|Invalid/)
  }
  t.ok(provider.refused.length > 0, 'the service was asked')
})
