import t from 'tap'
import type { Test } from 'tap'
import { answer, fakeProvider, json } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { messageOf } from '../fake-messages.ts'
import { serve } from './serve.ts'

// https://platform.claude.com/docs/en/agents-and-tools/tool-use: mid-conversation-tool-changes-2026-07-01, inline-tools-2026-09-15

const tool = (name: string) => ({ name, input_schema: { type: 'object', properties: {} } })
const reference = (name: string) => ({ type: 'tool_reference', name })
const removal = (name: string) => ({ type: 'tool_removal', tool: reference(name) })
const addition = (name: string) => ({ type: 'tool_addition', tool: reference(name) })
const definition = (name: string) => ({
  type: 'tool_addition',
  tool: { type: 'tool_definition', definition: tool(name) },
})

/** The bodies that a service gets for a request with such changes. */
async function sentBy(t: Test, changes: readonly Json[], entry: Json, more: Json = {}) {
  const isAnthropic = entry['type'] === 'anthropic'
  const provider = await fakeProvider(t, isAnthropic ? json(messageOf('Hi')) : answer('Hi'))
  const providers = [{ name: 'p', base_url: provider.url, api_key: 'k', ...entry }]
  const url = await serve(t, JSON.stringify({ routing: { health_check: { enabled: false } }, providers }))
  const body = {
    model: 'm',
    max_tokens: 9,
    tools: [tool('read'), tool('write')],
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'system', content: changes },
    ],
    ...more,
  }
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  t.equal(response.status, 200, await response.text())
  return { body, sent: provider.requests.map(request => request.body) }
}

const functionsIn = ({ tools }: Json) =>
  ((tools ?? []) as { function: { name: string } }[]).map(({ function: { name } }) => name)

t.test('tools that a conversation withdraws and adds are those that a chat service gets', async t => {
  const cases: (readonly [readonly Json[], readonly string[]])[] = [
    [[removal('write')], ['read']],
    [[removal('read'), removal('write')], []],
    [[definition('search')], ['read', 'write', 'search']],
    [
      [removal('write'), addition('write')],
      ['read', 'write'],
    ],
    [
      [definition('search'), removal('search'), addition('search')],
      ['read', 'write', 'search'],
    ],
    [
      [addition('unknown'), removal('unknown')],
      ['read', 'write'],
    ],
    [
      [{ type: 'tool_removal', tool: { type: 'mcp_toolset_reference', server_name: 's' } }],
      ['read', 'write'],
    ],
    [
      [{ type: 'tool_removal', tool: null }, { type: 'tool_addition' }],
      ['read', 'write'],
    ],
  ]
  for (const [changes, names] of cases) {
    const { sent } = await sentBy(t, changes, {})
    t.same(functionsIn(sent[0]!), names)
    t.same(sent[0]!['messages'], [{ role: 'user', content: 'Hi' }], 'nothing is told of them')
  }
})

t.test('changes may be in any turn, beside instructions, and in a summary', async t => {
  const content = [{ type: 'text', text: 'Hi' }, definition('search')]
  const compaction = { type: 'compaction', content: 'Earlier.', tool_changes: [removal('read')] }
  const { sent } = await sentBy(
    t,
    [],
    {},
    {
      messages: [
        { role: 'user', content: 'One' },
        { role: 'assistant', content: [compaction] },
        { role: 'user', content },
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }, removal('write')] },
      ],
    },
  )
  t.same(functionsIn(sent[0]!), ['search'])
  t.match(JSON.stringify(sent[0]!['messages']), /Be brief\./)
})

t.test('a service of Messages gets the changes as they are', async t => {
  const { body, sent } = await sentBy(t, [removal('write'), definition('search')], { type: 'anthropic' })
  t.match(sent[0], { messages: body.messages, tools: body.tools })
})

t.test('under an approach, a service of Messages gets the tools as they are in the end', async t => {
  const changes = [{ type: 'text', text: 'Be brief.' }, removal('write')]
  const { sent } = await sentBy(t, changes, { type: 'anthropic' }, { hulumanage_approach: 're2' })
  t.match(sent[0]!['tools'], [{ name: 'read' }])
  t.equal((sent[0]!['tools'] as unknown[]).length, 1)
  t.same(sent[0]!['system'], [{ type: 'text', text: 'Be brief.' }])
})

t.test('an instruction for one turn is no longer told in the next', async t => {
  const note = (text: string) => ({ role: 'system', content: text, clear_at: 'next_user_message' })
  const { sent } = await sentBy(
    t,
    [],
    {},
    {
      messages: [
        { role: 'user', content: 'One' },
        note('Only now.'),
        { role: 'assistant', content: 'Two' },
        { role: 'user', content: 'Three' },
        note('Be brief.'),
      ],
    },
  )
  const told = JSON.stringify(sent[0]!['messages'])
  t.notMatch(told, /Only now/)
  t.match(told, /Be brief/)
})

t.test('an instruction for one turn is told until the user says more than results', async t => {
  const messages = [
    { role: 'user', content: 'One' },
    { role: 'system', content: 'Only now.', clear_at: 'next_user_message' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'read', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'done' }] },
  ]
  const { sent } = await sentBy(t, [], {}, { messages })
  t.match(JSON.stringify(sent[0]!['messages']), /Only now/)
})
